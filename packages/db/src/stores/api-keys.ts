import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { toMs, toNullableDate, toNullableMs } from "../connection/row-values.ts";
import type { ApiKey as ApiKeyRow } from "../generated/client.ts";

/** A credential for programs; the key itself is never kept. */
export interface ApiKey {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  /** First characters of the key, for people. */
  readonly prefix: string;
  readonly role: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly revokedAtMs: number | null;
}

export async function createApiKey(
  tx: Tx,
  input: {
    readonly projectId: string;
    readonly name: string;
    readonly prefix: string;
    /** sha256 of the key, hex. */
    readonly keyHash: string;
    readonly role: string;
    readonly createdBy: string;
    readonly expiresAtMs: number | null;
  },
): Promise<ApiKey> {
  const { expiresAtMs, ...rest } = input;
  const row = await query(tx, (prisma) =>
    prisma.apiKey.create({ data: { ...rest, expiresAt: toNullableDate(expiresAtMs) } }),
  );
  return apiKeyOf(row);
}

/** The key with this hash when it is in force (not revoked, not expired), noting its use; else null. */
export async function useApiKey(db: Db, keyHash: string): Promise<ApiKey | null> {
  const now = new Date();
  const rows = await query(db, (prisma) =>
    prisma.apiKey.updateManyAndReturn({
      where: { keyHash, revokedAt: null, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
      data: { lastUsedAt: now },
    }),
  );
  return rows[0] ? apiKeyOf(rows[0]) : null;
}

/** Newest first, revoked ones included. */
export async function listApiKeys(db: Db, projectId: string): Promise<ApiKey[]> {
  const rows = await query(db, (prisma) =>
    prisma.apiKey.findMany({ where: { projectId }, orderBy: { createdAt: "desc" } }),
  );
  return rows.map(apiKeyOf);
}

/** True when it was in force until now. */
export async function revokeApiKey(tx: Tx, id: string): Promise<boolean> {
  const { count } = await query(tx, (prisma) =>
    prisma.apiKey.updateMany({ where: { id, revokedAt: null }, data: { revokedAt: new Date() } }),
  );
  return count > 0;
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    prefix: row.prefix,
    role: row.role,
    createdBy: row.createdBy,
    createdAtMs: toMs(row.createdAt),
    lastUsedAtMs: toNullableMs(row.lastUsedAt),
    expiresAtMs: toNullableMs(row.expiresAt),
    revokedAtMs: toNullableMs(row.revokedAt),
  };
}
