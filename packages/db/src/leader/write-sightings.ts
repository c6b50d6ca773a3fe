/** What agents measure all the time: written for screens only, in batches. No decision and no row version hangs on it. */
import type { NodeUsage } from "@sluice/contracts";
import type { Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { asParameter } from "./as-parameter.ts";

export interface NodeSighting {
  readonly nodeId: string;
  readonly lastSeenAtMs: number;
  readonly usage: NodeUsage | null;
}

export interface ReplicaLoad {
  readonly replicaId: string;
  readonly ongoing: number;
  readonly rssBytes: number | null;
}

export async function writeNodeSightings(tx: Tx, sightings: readonly NodeSighting[]): Promise<void> {
  if (sightings.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      UPDATE node AS n SET last_seen_at = to_timestamp(s."lastSeenAtMs" / 1000), usage = coalesce(s.usage, n.usage)
      FROM jsonb_to_recordset(${asParameter(sightings)}::jsonb) AS s("nodeId" text, "lastSeenAtMs" float8, usage jsonb)
      WHERE n.id = s."nodeId"`,
  );
}

export async function writeReplicaLoads(tx: Tx, loads: readonly ReplicaLoad[]): Promise<void> {
  if (loads.length === 0) return;
  await query(
    tx,
    (prisma) => prisma.$executeRaw`
      UPDATE replica AS r SET ongoing = l.ongoing, rss_bytes = l."rssBytes"
      FROM jsonb_to_recordset(${asParameter(loads)}::jsonb) AS l("replicaId" text, ongoing int, "rssBytes" bigint)
      WHERE r.id = l."replicaId"`,
  );
}
