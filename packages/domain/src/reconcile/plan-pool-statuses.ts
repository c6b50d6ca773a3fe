import type { Action } from "./action.ts";
import { decidePoolStatus } from "./decide-pool-status.ts";
import { countReady } from "./replica-groups.ts";
import { equalPoolStatuses } from "./same.ts";
import type { PoolStatus, ReconcileSnapshot } from "./snapshot.ts";
import { countRunning } from "./view-pools.ts";
import type { PoolView } from "./view-pools.ts";

export interface PoolStatusPlan {
  readonly actions: readonly Action[];
  /** Statuses of pools that a live revision uses. */
  readonly live: readonly { readonly deployment: string; readonly status: PoolStatus }[];
}

/** Writes what changed, and removes rows of pools that nothing refers to any more. */
export function planPoolStatuses(
  snapshot: ReconcileSnapshot,
  views: readonly PoolView[],
  wanted: ReadonlyMap<string, number>,
  refusals: ReadonlyMap<string, string>,
): PoolStatusPlan {
  const referenced = new Set(snapshot.revisions.flatMap((r) => r.deployments.map(({ poolId }) => poolId)));
  const actions: Action[] = [];
  const live: { deployment: string; status: PoolStatus }[] = [];
  for (const view of views) {
    const { poolId, deployment, status: previous, replicas } = view.facts;
    const isLive = wanted.has(poolId);
    if (!isLive && !referenced.has(poolId) && replicas.length === 0) {
      actions.push({ kind: "removePool", poolId, reason: "no revision uses it and it has no replicas" });
      continue;
    }
    const status = decidePoolStatus({
      previous,
      wanted: wanted.get(poolId) ?? 0,
      ready: countReady(view.groups.active),
      running: countRunning(view),
      history: view.failures.history,
      refusal: refusals.get(poolId) ?? null,
      stranded: view.groups.stranded.length,
    });
    if (isLive) live.push({ deployment, status });
    if (!equalPoolStatuses(status, previous)) actions.push({ kind: "setPoolStatus", poolId, deployment, ...status });
  }
  return { actions, live };
}
