import { countFailures } from "./count-failures.ts";
import type { FailureCount } from "./count-failures.ts";
import type { LivePlan } from "./intent.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { poolsOnTrial } from "./serving.ts";
import type { PoolFacts, ReconcileSnapshot } from "./snapshot.ts";

/** A pool with its replicas sorted out and its failures counted. */
export interface PoolView {
  readonly facts: PoolFacts;
  readonly groups: ReplicaGroups;
  readonly failures: FailureCount;
}

const empty: ReplicaGroups = { active: [], leaving: [], stranded: [], lost: [], draining: [], ended: [] };

/** Every pool there is or shall be. */
export function viewPools(
  snapshot: ReconcileSnapshot,
  groupsOf: ReadonlyMap<string, ReplicaGroups>,
  live: LivePlan,
  nowMs: number,
): PoolView[] {
  const known = new Set(snapshot.pools.map(({ poolId }) => poolId));
  const missing = [...live.specs]
    .filter(([poolId]) => !known.has(poolId))
    .map(([poolId, { deployment }]): PoolFacts => ({
      poolId,
      deployment: deployment.name,
      status: null,
      autoscaleTarget: null,
      replicas: [],
    }));
  const onTrial = poolsOnTrial(snapshot);
  return [...snapshot.pools, ...missing].map((facts) => {
    const groups = groupsOf.get(facts.poolId) ?? empty;
    const failures = countFailures(
      {
        generation: snapshot.application.updateGeneration,
        previous: facts.status,
        groups,
        wantedReplicas: live.wanted.get(facts.poolId) ?? 0,
        maxConstructorRetryCount: live.specs.get(facts.poolId)?.deployment.maxConstructorRetryCount ?? 1,
        isInForce: live.inForce.has(facts.poolId) && !onTrial.has(facts.poolId),
      },
      nowMs,
    );
    return { facts, groups, failures };
  });
}

/** Replicas that did not end. */
export function countRunning({ groups }: PoolView): number {
  return groups.active.length + groups.leaving.length + groups.stranded.length + groups.draining.length;
}
