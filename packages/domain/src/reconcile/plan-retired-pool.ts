import type { Action } from "./action.ts";
import { dismiss } from "./plan-pool.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import type { PoolFacts, ReconcileSnapshot } from "./snapshot.ts";

export interface RetiredPoolPlan {
  readonly actions: readonly Action[];
  readonly waitsForGateways: boolean;
}

/**
 * Empties a pool that no live revision uses. What is not ready goes at once; what is ready goes when no gateway sends it
 * anything any more and the pools that call it are empty, so that a request under way finds its whole pipeline.
 */
export function planRetiredPool(
  pool: PoolFacts,
  groups: ReplicaGroups,
  state: {
    readonly snapshot: ReconcileSnapshot;
    readonly live: ReadonlyMap<string, number>;
    readonly isSettled: boolean;
    /** Its ready replicas are kept until then, for a rollback. */
    readonly warmUntilMs: number | null;
  },
): RetiredPoolPlan {
  const { application } = state.snapshot;
  const reason = application.deleting ? "the application is being deleted" : "no live revision uses it";
  const ready = [...groups.active, ...groups.leaving].filter(({ stage }) => stage === "ready");
  const callersGone = !hasRunningCaller(pool, state.snapshot, state.live);
  const isUnused = state.isSettled && callersGone;
  const isWarm = state.warmUntilMs !== null;
  const going = [
    ...groups.active.filter(({ stage }) => stage !== "ready" || (isUnused && !isWarm)),
    ...groups.leaving.filter(({ stage }) => stage !== "ready" || isUnused),
  ];
  const silent = isUnused ? groups.stranded : [];
  return {
    actions: [
      ...going.map((replica) => dismiss(replica, reason)),
      ...silent.map((replica): Action => ({
        kind: "failReplica",
        replicaId: replica.replicaId,
        reason: `${reason}; its node is unreachable`,
      })),
    ],
    waitsForGateways: ready.length + groups.stranded.length > 0 && !state.isSettled,
  };
}

/** Some retired pool whose deployment calls this one, in a revision that has both, still has replicas. */
function hasRunningCaller(pool: PoolFacts, snapshot: ReconcileSnapshot, live: ReadonlyMap<string, number>): boolean {
  const callers = new Set(
    snapshot.revisions.flatMap(({ deployments }) => {
      const called = deployments.find(({ poolId }) => poolId === pool.poolId);
      if (called === undefined) return [];
      return deployments.filter(({ outbound }) => outbound.includes(called.name)).map(({ poolId }) => poolId);
    }),
  );
  callers.delete(pool.poolId);
  return snapshot.pools.some(
    (other) =>
      callers.has(other.poolId) && !live.has(other.poolId) && other.replicas.some(({ stage }) => !isEnded(stage)),
  );
}
