/** A revision that should run, with the weight its replicas must be able to carry (0..100). */
export interface WeighedRevision {
  readonly weight: number;
  readonly deployments: readonly { readonly poolId: string; readonly numReplicas: number }[];
}

/** Replicas of one deployment at a weight: all at 100 %, else max(1, ceil(num_replicas · weight / 100)). */
export function replicasAtWeight(numReplicas: number, weight: number): number {
  // 1e-9: 3 · 33.3 / 100 must not become 1.0000000000000002 -> 2.
  return Math.min(numReplicas, Math.max(1, Math.ceil((numReplicas * weight) / 100 - 1e-9)));
}

/** Wanted replicas per pool. A pool that revisions share gets the sum, capped at the largest num_replicas among them. */
export function wantedReplicas(revisions: readonly WeighedRevision[]): Map<string, number> {
  const sums = new Map<string, { sum: number; cap: number }>();
  for (const { weight, deployments } of revisions) {
    for (const { poolId, numReplicas } of deployments) {
      const known = sums.get(poolId) ?? { sum: 0, cap: 0 };
      sums.set(poolId, {
        sum: known.sum + replicasAtWeight(numReplicas, weight),
        cap: Math.max(known.cap, numReplicas),
      });
    }
  }
  return new Map([...sums].map(([poolId, { sum, cap }]) => [poolId, Math.min(sum, cap)]));
}
