import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { toMs, toNullableMs } from "../connection/row-values.ts";
import type { JoinToken as JoinTokenRow } from "../generated/client.ts";

/** Lets one machine join, once; the token itself is never kept. */
export interface JoinToken {
  readonly id: string;
  readonly projectId: string;
  /** What it is for, in a person's words. */
  readonly name: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  readonly usedAtMs: number | null;
  /** The node that came with it. */
  readonly nodeId: string | null;
}

export async function createJoinToken(
  tx: Tx,
  input: {
    readonly projectId: string;
    readonly name: string;
    /** sha256 of the token, hex. */
    readonly tokenHash: string;
    readonly createdBy: string;
    readonly expiresAtMs: number;
  },
): Promise<JoinToken> {
  const { expiresAtMs, ...rest } = input;
  const row = await query(tx, (prisma) =>
    prisma.joinToken.create({ data: { ...rest, expiresAt: new Date(expiresAtMs) } }),
  );
  return tokenOf(row);
}

/** Newest first: unused ones, used ones and those that ran out. */
export async function listJoinTokens(db: Db, projectId: string): Promise<JoinToken[]> {
  const rows = await query(db, (prisma) =>
    prisma.joinToken.findMany({ where: { projectId }, orderBy: [{ createdAt: "desc" }, { id: "asc" }] }),
  );
  return rows.map(tokenOf);
}

/** Spent or not; null when there is none with this hash. */
export async function findJoinToken(db: Db, tokenHash: string): Promise<JoinToken | null> {
  const row = await query(db, (prisma) => prisma.joinToken.findUnique({ where: { tokenHash } }));
  return row && tokenOf(row);
}

/** Takes it back; null when there is none. A node that joined with it stays. */
export async function deleteJoinToken(tx: Tx, id: string): Promise<JoinToken | null> {
  const found = await query(tx, (prisma) => prisma.joinToken.findUnique({ where: { id } }));
  if (found === null) return null;
  await query(tx, (prisma) => prisma.joinToken.deleteMany({ where: { id } }));
  return tokenOf(found);
}

export type JoinTokenUse =
  | { readonly kind: "used_now"; readonly token: JoinToken }
  | { readonly kind: "unknown" }
  | { readonly kind: "expired"; readonly token: JoinToken }
  | { readonly kind: "used_before"; readonly token: JoinToken };

/** Spends the token with this hash for a node. Of two callers at once exactly one gets `used_now`. */
export async function useJoinToken(
  tx: Tx,
  input: { readonly tokenHash: string; readonly nodeId: string; readonly nowMs: number },
): Promise<JoinTokenUse> {
  const { tokenHash, nodeId, nowMs } = input;
  const now = new Date(nowMs);
  const spent = await query(tx, (prisma) =>
    prisma.joinToken.updateManyAndReturn({
      where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
      data: { usedAt: now, nodeId },
    }),
  );
  if (spent[0] !== undefined) return { kind: "used_now", token: tokenOf(spent[0]) };
  const row = await query(tx, (prisma) => prisma.joinToken.findUnique({ where: { tokenHash } }));
  if (row === null) return { kind: "unknown" };
  return { kind: row.usedAt === null ? "expired" : "used_before", token: tokenOf(row) };
}

/** Forgets tokens that were spent or ran out before this time. */
export async function deleteJoinTokensBefore(tx: Tx, beforeMs: number): Promise<number> {
  const { count } = await query(tx, (prisma) =>
    prisma.joinToken.deleteMany({ where: { expiresAt: { lt: new Date(beforeMs) } } }),
  );
  return count;
}

function tokenOf(row: JoinTokenRow): JoinToken {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    createdBy: row.createdBy,
    createdAtMs: toMs(row.createdAt),
    expiresAtMs: toMs(row.expiresAt),
    usedAtMs: toNullableMs(row.usedAt),
    nodeId: row.nodeId,
  };
}
