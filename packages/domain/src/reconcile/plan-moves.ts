import { canTakeInPlace } from "../spec/version-input.ts";
import type { Action } from "./action.ts";
import type { LivePlan } from "./intent.ts";
import { bornAtMs, isReady } from "./replica-groups.ts";
import type { PoolFacts, ReconcileSnapshot, ReplicaFacts, RevisionDeployment } from "./snapshot.ts";
import type { PoolView } from "./view-pools.ts";

export interface MovePlan {
  readonly actions: readonly Action[];
  /** Replica -> the pool it now belongs to. */
  readonly moved: ReadonlyMap<string, string>;
  /** Pools that shall wait for replicas that can be moved soon, instead of creating new ones. */
  readonly waiting: ReadonlySet<string>;
  readonly waitsForGateways: boolean;
}

/**
 * Replicas that take on another configuration in place: a pool that lacks some gets them from pools of the same version of its
 * deployment that have more than they want. They keep their process, their node and their place in memory. A replica moves
 * only when gateways have confirmed that its pool may shrink.
 */
export function planMoves(
  snapshot: ReconcileSnapshot,
  views: readonly PoolView[],
  live: LivePlan,
  state: { readonly isSettled: boolean; readonly isPaused: boolean },
): MovePlan {
  const deployments = deploymentsOf(snapshot);
  const moved = new Map<string, string>();
  const waiting = new Set<string>();
  const actions: Action[] = [];
  let waitsForGateways = false;
  for (const { facts, groups } of views) {
    const spec = live.specs.get(facts.poolId);
    const missing = (live.wanted.get(facts.poolId) ?? 0) - groups.active.length;
    if (spec === undefined || missing <= 0) continue;
    const donors = views.filter((other) => isDonor(other.facts, facts, deployments));
    const spare = donors.flatMap((donor) => spareReplicas(donor, live, moved)).slice(0, missing);
    if (spare.length === 0) continue;
    if (!state.isSettled) waitsForGateways = true;
    // Held by a person, too, they are waited for: a new process would be one too many.
    for (const replica of state.isSettled && !state.isPaused ? spare : []) {
      moved.set(replica.replicaId, facts.poolId);
      actions.push({
        kind: "moveReplica",
        replicaId: replica.replicaId,
        poolId: facts.poolId,
        deployment: facts.deployment,
        revision: spec.revision,
        reason: `takes on the settings of revision ${spec.revision} in place`,
      });
    }
    waiting.add(facts.poolId);
  }
  return { actions, moved, waiting, waitsForGateways };
}

function isDonor(donor: PoolFacts, taker: PoolFacts, deployments: ReadonlyMap<string, RevisionDeployment>): boolean {
  const [before, after] = [deployments.get(donor.poolId), deployments.get(taker.poolId)];
  return (
    donor.poolId !== taker.poolId &&
    donor.deployment === taker.deployment &&
    before !== undefined &&
    after !== undefined &&
    canTakeInPlace(before, after)
  );
}

/** What a pool has beyond its wish and can give: ready ones, the newest first. */
function spareReplicas(donor: PoolView, live: LivePlan, moved: ReadonlyMap<string, string>): ReplicaFacts[] {
  const { facts, groups } = donor;
  const left = groups.active.filter(({ replicaId }) => !moved.has(replicaId));
  const surplus = left.length - (live.wanted.get(facts.poolId) ?? 0);
  return left
    .filter(isReady)
    .sort((a, b) => bornAtMs(b) - bornAtMs(a) || (a.replicaId < b.replicaId ? -1 : 1))
    .slice(0, Math.max(0, surplus));
}

/** By pool: revisions that share one have equal ones. */
function deploymentsOf(snapshot: ReconcileSnapshot): Map<string, RevisionDeployment> {
  return new Map(
    snapshot.revisions.flatMap(({ deployments }) =>
      deployments.map((deployment): [string, RevisionDeployment] => [deployment.poolId, deployment]),
    ),
  );
}

/** The pools as they are once the moves are done. */
export function afterMoves(views: readonly PoolView[], { moved }: MovePlan): PoolView[] {
  if (moved.size === 0) return [...views];
  const movers = views.flatMap(({ groups }) => groups.active.filter(({ replicaId }) => moved.has(replicaId)));
  return views.map((view) => {
    const kept = view.groups.active.filter(({ replicaId }) => !moved.has(replicaId));
    const arrived = movers
      .filter(({ replicaId }) => moved.get(replicaId) === view.facts.poolId)
      .map((replica) => ({ ...replica, poolId: view.facts.poolId, isReconfiguring: true }));
    return { ...view, groups: { ...view.groups, active: [...kept, ...arrived] } };
  });
}
