import type { Action } from "./action.ts";
import type { LivePlan } from "./intent.ts";
import { decidePoolStatus } from "./decide-pool-status.ts";
import { countReady } from "./replica-groups.ts";
import { equalPoolStatuses } from "./same.ts";
import type { PoolStatus, ReconcileSnapshot } from "./snapshot.ts";
import { countRunning } from "./view-pools.ts";
import type { PoolView } from "./view-pools.ts";

export interface LivePoolStatus {
  readonly deployment: string;
  readonly status: PoolStatus;
  /** What moves in it is the autoscaler's doing: the application runs on. */
  readonly isScaling: boolean;
}

export interface PoolStatusPlan {
  readonly actions: readonly Action[];
  /** Statuses of pools that a live revision uses. */
  readonly live: readonly LivePoolStatus[];
}

/** Writes what changed, and removes rows of pools that nothing refers to any more. */
export function planPoolStatuses(
  snapshot: ReconcileSnapshot,
  views: readonly PoolView[],
  live: LivePlan,
  refusals: ReadonlyMap<string, string>,
  warm: ReadonlyMap<string, number | null>,
): PoolStatusPlan {
  const referenced = new Set(snapshot.revisions.flatMap((r) => r.deployments.map(({ poolId }) => poolId)));
  const actions: Action[] = [];
  const used: LivePoolStatus[] = [];
  for (const view of views) {
    const { poolId, deployment, status: previous, replicas } = view.facts;
    const isLive = live.wanted.has(poolId);
    if (!isLive && !referenced.has(poolId) && replicas.length === 0) {
      actions.push({ kind: "removePool", poolId, reason: "no revision uses it and it has no replicas" });
      continue;
    }
    const status = decidePoolStatus({
      previous,
      wanted: live.wanted.get(poolId) ?? 0,
      ready: countReady(view.groups.active),
      running: countRunning(view),
      history: view.failures.history,
      refusal: refusals.get(poolId) ?? null,
      stranded: view.groups.stranded.length,
      leaving: countReady(view.groups.leaving),
      isLive,
      warmUntilMs: isLive ? null : (warm.get(poolId) ?? null),
      isAutoscaled: isAutoscaled(live, poolId),
    });
    if (isLive) used.push({ deployment, status, isScaling: isScalingAlone(live, poolId) });
    if (!equalPoolStatuses(status, previous)) actions.push({ kind: "setPoolStatus", poolId, deployment, ...status });
  }
  return { actions, live: used };
}

function isScalingAlone(live: LivePlan, poolId: string): boolean {
  return live.inForce.has(poolId) && isAutoscaled(live, poolId);
}

function isAutoscaled(live: LivePlan, poolId: string): boolean {
  const spec = live.specs.get(poolId);
  return spec !== undefined && spec.deployment.autoscaling !== null;
}
