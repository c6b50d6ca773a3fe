import type { SliceVersion } from "@sluice/contracts";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson, toMs, toNullableMs } from "../connection/row-values.ts";
import type { Gateway as GatewayRow } from "../generated/client.ts";

export interface Gateway {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  /** Where clients reach it. */
  readonly address: string;
  /** Application name -> version in force for new requests. */
  readonly applied: Readonly<Record<string, { readonly epoch: number; readonly version: number }>>;
  readonly connected: boolean;
  /** Since when it is away without a goodbye, and may serve on; null = it is here, or stopped. */
  readonly lostAtMs: number | null;
  readonly createdAtMs: number;
  readonly lastSeenAtMs: number;
}

/** A gateway said hello: what it has in force replaces what was known. */
export async function upsertGateway(
  db: Db,
  input: {
    readonly id: string;
    readonly projectId: string;
    readonly name: string;
    readonly address: string;
    readonly applied: readonly SliceVersion[];
  },
): Promise<Gateway> {
  const { id, projectId, name, address } = input;
  const data = {
    name,
    address,
    applied: toJson(appliedOf(input.applied)),
    connected: true,
    lostAt: null,
    lastSeenAt: new Date(),
  };
  const row = await query(db, (prisma) =>
    prisma.gateway.upsert({ where: { id }, create: { id, projectId, ...data }, update: data }),
  );
  return gatewayOf(row);
}

/** Versions that a gateway now has in force; others it has stay known. An empty list only says that it lives. */
export async function saveGatewayApplied(db: Db, id: string, applied: readonly SliceVersion[]): Promise<void> {
  const patch = JSON.stringify(appliedOf(applied));
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      UPDATE gateway SET applied = applied || ${patch}::jsonb, connected = true, lost_at = NULL, last_seen_at = clock_timestamp() WHERE id = ${id}`,
  );
}

/** `lostAtMs`: since when it is away without a goodbye; null = it said goodbye. */
export async function markGatewayDisconnected(db: Db, id: string, lostAtMs: number | null): Promise<void> {
  const lostAt = lostAtMs === null ? null : new Date(lostAtMs);
  await query(db, (prisma) => prisma.gateway.updateMany({ where: { id }, data: { connected: false, lostAt } }));
}

export async function listGateways(db: Db): Promise<Gateway[]> {
  const rows = await query(db, (prisma) => prisma.gateway.findMany({ orderBy: [{ name: "asc" }, { id: "asc" }] }));
  return rows.map(gatewayOf);
}

/** Forgets gateways that are disconnected and were last seen before a time. */
export async function deleteGatewaysNotSeenSince(db: Db, beforeMs: number): Promise<number> {
  const { count } = await query(db, (prisma) =>
    prisma.gateway.deleteMany({ where: { connected: false, lastSeenAt: { lt: new Date(beforeMs) } } }),
  );
  return count;
}

function appliedOf(applied: readonly SliceVersion[]): Record<string, { epoch: number; version: number }> {
  return Object.fromEntries(applied.map(({ application, epoch, version }) => [application, { epoch, version }]));
}

function gatewayOf(row: GatewayRow): Gateway {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    address: row.address,
    applied: fromJson(row.applied),
    connected: row.connected,
    lostAtMs: toNullableMs(row.lostAt),
    createdAtMs: toMs(row.createdAt),
    lastSeenAtMs: toMs(row.lastSeenAt),
  };
}
