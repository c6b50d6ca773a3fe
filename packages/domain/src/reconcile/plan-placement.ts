import { placeReplicas } from "../placement/place-replicas.ts";
import type { PlacementNode, PlacementWish } from "../placement/placement.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import type { Action, PlannedEvent } from "./action.ts";
import type { LivePool, PoolPlan } from "./plan-pool.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

export interface PlacementPlan {
  readonly actions: readonly Action[];
  readonly events: readonly PlannedEvent[];
  /** Why replicas of a pool wait, one sentence per pool. */
  readonly refusals: ReadonlyMap<string, string>;
}

/** Finds nodes for all pending replicas, those created by this plan included. */
export function planPlacement(
  snapshot: ReconcileSnapshot,
  nodes: readonly PlacementNode[],
  pools: readonly { readonly pool: LivePool; readonly plan: PoolPlan }[],
): PlacementPlan {
  const messages = new Map<string, string>();
  const homes = new Map<string, LivePool>();
  const wanted: PlacementWish[] = [];
  for (const { pool, plan } of pools) {
    const waiting = pool.groups.active.filter((r) => r.stage === "pending" && !plan.dropped.has(r.replicaId));
    for (const replica of waiting) messages.set(replica.replicaId, replica.message);
    for (const replicaId of [...waiting.map((r) => r.replicaId), ...plan.created]) {
      const { resources, maxReplicasPerNode } = pool.deployment;
      homes.set(replicaId, pool);
      const members = [{ resources, labelSelector: {}, acceleratorType: null }];
      wanted.push({ replicaId, poolId: pool.poolId, members, strategy: "PACK", maxReplicasPerNode });
    }
  }
  if (wanted.length === 0) return { actions: [], events: [], refusals: new Map() };
  const running = snapshot.pools.flatMap(({ poolId, replicas }) =>
    replicas.flatMap(({ nodeId, stage }) => (nodeId === null || isEnded(stage) ? [] : [{ poolId, nodeId }])),
  );
  const { placed, refused } = placeReplicas({ nodes, wanted, running });
  const names = new Map(nodes.map(({ nodeId, nodeName }) => [nodeId, nodeName]));
  const assigned = placed.flatMap(({ replicaId, members }): Action[] =>
    members.map(({ nodeId, gpuUuids }) => ({
      kind: "assignReplica",
      replicaId,
      nodeId,
      gpuUuids,
      reason: `fits on ${names.get(nodeId) ?? nodeId}`,
    })),
  );
  const news = refused.filter(({ replicaId, reason }) => messages.get(replicaId) !== reason);
  const first = news.filter(({ replicaId }) => (messages.get(replicaId) ?? "") === "");
  return {
    actions: [
      ...assigned,
      ...news.map(({ replicaId, reason, perNode }): Action => ({ kind: "refuseReplica", replicaId, reason, perNode })),
    ],
    events: first.map(({ replicaId, reason, perNode }) => ({
      reason: "ReplicaUnplaceable",
      severity: "warning",
      message: `replica ${replicaId} waits for room: ${reason}`,
      deployment: homes.get(replicaId)?.deployment.name ?? null,
      replicaId,
      numbers: { nodes: perNode.length },
    })),
    refusals: new Map(refused.map(({ replicaId, reason }) => [homes.get(replicaId)?.poolId ?? "", reason])),
  };
}
