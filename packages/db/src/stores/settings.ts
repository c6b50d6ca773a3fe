import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson } from "../connection/row-values.ts";

/** The value of a setting, or undefined; the caller parses it. */
export async function getSetting(db: Db, projectId: string, key: string): Promise<unknown> {
  const row = await query(db, (prisma) => prisma.setting.findUnique({ where: { projectId_key: { projectId, key } } }));
  return row === null ? undefined : fromJson<unknown>(row.value);
}

export async function saveSetting(tx: Tx, projectId: string, key: string, value: unknown): Promise<void> {
  const data = { value: toJson(value) };
  await query(tx, (prisma) =>
    prisma.setting.upsert({
      where: { projectId_key: { projectId, key } },
      create: { projectId, key, ...data },
      update: data,
    }),
  );
}

export async function listSettings(db: Db, projectId: string): Promise<Readonly<Record<string, unknown>>> {
  const rows = await query(db, (prisma) => prisma.setting.findMany({ where: { projectId }, orderBy: { key: "asc" } }));
  return Object.fromEntries(rows.map((row) => [row.key, fromJson<unknown>(row.value)]));
}
