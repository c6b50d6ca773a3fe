/** Everything a leader keeps of applications, in a handful of queries however many there are. */
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { listApplicationStatuses, type ApplicationStatus } from "../stores/application-status.ts";
import { listAutoscalerStatuses, type AutoscalerStatus } from "../stores/autoscaler-status.ts";
import { listEffectiveTraffic, type TrafficInForce } from "../stores/effective-traffic.ts";
import { listPoolStatuses, type PoolStatus } from "../stores/pools.ts";
import { listReplicas, type Replica } from "../stores/replicas.ts";
import { listRolloutStatuses, type RolloutStatus } from "../stores/rollout-status.ts";
import { groupBy } from "./group-by.ts";
import { readIntents, type Intent } from "./read-intents.ts";

export interface ApplicationRows {
  readonly intent: Intent;
  readonly replicas: readonly Replica[];
  readonly poolStatuses: readonly PoolStatus[];
  readonly autoscalers: readonly AutoscalerStatus[];
  readonly traffic: TrafficInForce | null;
  readonly status: ApplicationStatus | null;
  readonly rollout: RolloutStatus | null;
}

export interface ApplicationGeneration {
  readonly id: string;
  readonly generation: number;
}

/** All applications with the generation of their intent, by name: one query tells whether anything was changed. */
export async function listGenerations(db: Db): Promise<ApplicationGeneration[]> {
  return await query(
    db,
    (prisma) => prisma.$queryRaw<ApplicationGeneration[]>`SELECT id, generation FROM application ORDER BY name`,
  );
}

/** Nodes that live replicas of an application are assigned to; reads nothing that could be unreadable. */
export async function listHostingNodes(db: Db, applicationId: string): Promise<string[]> {
  const rows = await query(
    db,
    (prisma) => prisma.$queryRaw<{ node_id: string }[]>`
      SELECT DISTINCT a.node_id FROM assignment a JOIN replica r ON r.id = a.replica_id
      WHERE r.application_id = ${applicationId} AND r.ended_at IS NULL`,
  );
  return rows.map((row) => row.node_id);
}

/** An id that is not in the answer is of an application that is gone. */
export async function readApplications(db: Db, applicationIds: readonly string[]): Promise<ApplicationRows[]> {
  if (applicationIds.length === 0) return [];
  const filter = { applicationIds };
  // Intent comes last: replicas that it knows no revision of could not be planned.
  const [replicas, poolStatuses, autoscalers, traffic, statuses, rollouts] = await Promise.all([
    listReplicas(db, filter),
    listPoolStatuses(db, filter),
    listAutoscalerStatuses(db, filter),
    listEffectiveTraffic(db, filter),
    listApplicationStatuses(db, filter),
    listRolloutStatuses(db, filter),
  ]);
  const intents = await readIntents(db, applicationIds);
  const ownerOf = new Map(intents.flatMap(({ pools, application }) => pools.map(({ id }) => [id, application.id])));
  const replicasOf = groupBy(replicas, (replica) => replica.applicationId);
  const poolStatusesOf = groupBy(poolStatuses, ({ poolId }) => ownerOf.get(poolId) ?? "");
  const autoscalersOf = groupBy(autoscalers, (autoscaler) => autoscaler.applicationId);
  const trafficOf = new Map(traffic.map((row) => [row.applicationId, row]));
  const statusOf = new Map(statuses.map((row) => [row.applicationId, row]));
  const rolloutOf = new Map(rollouts.map((row) => [row.applicationId, row]));
  return intents.map((intent) => {
    const { id } = intent.application;
    return {
      intent,
      replicas: replicasOf.get(id) ?? [],
      poolStatuses: poolStatusesOf.get(id) ?? [],
      autoscalers: autoscalersOf.get(id) ?? [],
      traffic: trafficOf.get(id) ?? null,
      status: statusOf.get(id) ?? null,
      rollout: rolloutOf.get(id) ?? null,
    };
  });
}
