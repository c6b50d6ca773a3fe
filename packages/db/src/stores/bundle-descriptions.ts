import type { DescribeRequest, DescribeResult } from "@sluice/contracts";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson } from "../connection/row-values.ts";

/** What describing a bundle gave, by the hash of the request; null = never described. */
export async function getBundleDescription(db: Db, key: string): Promise<DescribeResult | null> {
  const row = await query(db, (prisma) =>
    prisma.bundleDescription.findUnique({ where: { key }, select: { result: true } }),
  );
  return row && fromJson<DescribeResult>(row.result);
}

/** Keeps a description. Values of environment variables are not kept, only their names. */
export async function saveBundleDescription(
  db: Db,
  input: {
    readonly key: string;
    readonly projectId: string;
    readonly request: DescribeRequest;
    readonly result: DescribeResult;
  },
): Promise<void> {
  const envVars = Object.fromEntries(Object.keys(input.request.envVars).map((name) => [name, ""]));
  const data = {
    projectId: input.projectId,
    request: toJson({ ...input.request, envVars }),
    result: toJson(input.result),
    createdAt: new Date(),
  };
  await query(db, (prisma) =>
    prisma.bundleDescription.upsert({ where: { key: input.key }, create: { key: input.key, ...data }, update: data }),
  );
}
