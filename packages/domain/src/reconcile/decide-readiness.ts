import type { RevisionReadiness } from "../traffic/decide-traffic.ts";
import type { SplitEntry } from "../traffic/traffic.ts";
import { replicasWanted } from "../traffic/wanted-replicas.ts";
import { countReady, countUsable } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { sizingOf } from "./sizing.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

/**
 * How ready each known revision is for its intended weight. Replicas on silent or draining nodes may serve but complete
 * nothing. A deployment that is scaled to zero is as ready as it wants to be: its requests wait for the first replica.
 */
export function decideReadiness(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  intended: readonly SplitEntry[],
): RevisionReadiness[] {
  const heaviest = Math.max(...intended.map(({ weight }) => weight));
  return snapshot.revisions.map(({ revision, deployments }) => {
    const weight = intended.find((entry) => entry.revision === revision)?.weight ?? 0;
    const counts = deployments.map((deployment) => {
      const pool = groups.get(deployment.poolId);
      const ready = pool === undefined ? 0 : countReady(pool.active);
      const wanted = replicasWanted(sizingOf(snapshot, deployment), weight, weight === heaviest);
      return { ready: Math.min(ready, wanted), wanted, usable: pool === undefined ? 0 : countUsable(pool) };
    });
    return {
      revision,
      servable: counts.length > 0 && counts.every(({ usable, wanted }) => usable > 0 || wanted === 0),
      complete: counts.length > 0 && counts.every(({ ready, wanted }) => ready >= wanted),
      readyReplicas: counts.reduce((sum, { ready }) => sum + ready, 0),
      wantedReplicas: counts.reduce((sum, { wanted }) => sum + wanted, 0),
    };
  });
}
