import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";

/** sha256 -> names of the applications whose revisions name it, ascending; a bundle that nobody uses is absent. */
export async function listBundleUse(db: Db, projectId: string): Promise<Map<string, string[]>> {
  const rows = await query(
    db,
    (prisma) => prisma.$queryRaw<{ sha256: string; name: string }[]>`
      SELECT DISTINCT found[1] AS sha256, a.name AS name
      FROM application a
      JOIN revision r ON r.application_id = a.id
      CROSS JOIN LATERAL regexp_matches(r.spec::text, 'bundle:([0-9a-f]{64})', 'g') AS found
      WHERE a.project_id = ${projectId}
      ORDER BY name`,
  );
  const use = new Map<string, string[]>();
  for (const { sha256, name } of rows) use.set(sha256, [...(use.get(sha256) ?? []), name]);
  return use;
}
