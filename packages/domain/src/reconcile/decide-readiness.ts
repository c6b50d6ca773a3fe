import type { RevisionReadiness } from "../traffic/decide-traffic.ts";
import type { SplitEntry } from "../traffic/traffic.ts";
import { replicasAtWeight } from "../traffic/wanted-replicas.ts";
import { countReady } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

/** How ready each known revision is for its intended weight. Replicas on silent nodes may serve but complete nothing. */
export function decideReadiness(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  intended: readonly SplitEntry[],
): RevisionReadiness[] {
  return snapshot.revisions.map(({ revision, deployments }) => {
    const weight = intended.find((entry) => entry.revision === revision)?.weight ?? 0;
    const counts = deployments.map(({ poolId, numReplicas }) => {
      const pool = groups.get(poolId);
      const ready = pool === undefined ? 0 : countReady(pool.active);
      const wanted = replicasAtWeight(numReplicas, weight);
      return { ready: Math.min(ready, wanted), wanted, usable: ready + (pool?.stranded.length ?? 0) };
    });
    return {
      revision,
      servable: counts.length > 0 && counts.every(({ usable }) => usable > 0),
      complete: counts.length > 0 && counts.every(({ ready, wanted }) => ready >= wanted),
      readyReplicas: counts.reduce((sum, { ready }) => sum + ready, 0),
      wantedReplicas: counts.reduce((sum, { wanted }) => sum + wanted, 0),
    };
  });
}
