import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { toMs, toNullableMs } from "../connection/row-values.ts";
import type { NodeCredential as NodeCredentialRow } from "../generated/client.ts";

/** The secret with which one node's agent comes back; only its hash is kept. */
export interface NodeCredential {
  readonly nodeId: string;
  readonly projectId: string;
  readonly createdAtMs: number;
  readonly revokedAtMs: number | null;
}

/** Gives a node its credential; one that it had before counts no more. */
export async function saveNodeCredential(
  tx: Tx,
  input: { readonly nodeId: string; readonly projectId: string; readonly keyHash: string },
): Promise<void> {
  const { nodeId, ...rest } = input;
  const data = { ...rest, createdAt: new Date(), revokedAt: null };
  await query(tx, (prisma) =>
    prisma.nodeCredential.upsert({ where: { nodeId }, create: { nodeId, ...data }, update: data }),
  );
}

/** Whose credential this is, revoked ones included; null when nobody's. */
export async function findNodeCredential(db: Db, keyHash: string): Promise<NodeCredential | null> {
  const row = await query(db, (prisma) => prisma.nodeCredential.findUnique({ where: { keyHash } }));
  return row && credentialOf(row);
}

/** The credential of a node; null when it came with the cluster secret. */
export async function getNodeCredential(db: Db, nodeId: string): Promise<NodeCredential | null> {
  const row = await query(db, (prisma) => prisma.nodeCredential.findUnique({ where: { nodeId } }));
  return row && credentialOf(row);
}

/** True when it was in force until now. */
export async function revokeNodeCredential(tx: Tx, nodeId: string): Promise<boolean> {
  const { count } = await query(tx, (prisma) =>
    prisma.nodeCredential.updateMany({ where: { nodeId, revokedAt: null }, data: { revokedAt: new Date() } }),
  );
  return count > 0;
}

function credentialOf(row: NodeCredentialRow): NodeCredential {
  return {
    nodeId: row.nodeId,
    projectId: row.projectId,
    createdAtMs: toMs(row.createdAt),
    revokedAtMs: toNullableMs(row.revokedAt),
  };
}
