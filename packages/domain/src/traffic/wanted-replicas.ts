/** How many replicas a deployment wants when its revision carries all requests, and how the number may move. */
export interface Sizing {
  readonly poolId: string;
  /** Fixed number, or where an autoscaled pool begins. */
  readonly numReplicas: number;
  /** Null = fixed. */
  readonly autoscaling: { readonly minReplicas: number; readonly maxReplicas: number } | null;
  /** What the autoscaler wants of this pool now; null when it did not decide yet. */
  readonly target: number | null;
}

/** A revision that should run, with the weight its replicas must be able to carry (0..100). */
export interface WeighedRevision {
  readonly weight: number;
  /** It has the most weight: the minimum of an autoscaled deployment is its to keep. */
  readonly isHeaviest: boolean;
  readonly deployments: readonly Sizing[];
}

/** Replicas of one deployment at a weight: all at 100 %, else max(1, ceil(num_replicas · weight / 100)); none of none. */
export function replicasAtWeight(numReplicas: number, weight: number): number {
  if (numReplicas === 0) return 0;
  // 1e-9: 3 · 33.3 / 100 must not become 1.0000000000000002 -> 2.
  return Math.min(numReplicas, Math.max(1, Math.ceil((numReplicas * weight) / 100 - 1e-9)));
}

/**
 * Bounds of an autoscaled pool at a weight. The revision with the most weight keeps `min_replicas`, others one replica (none
 * when the minimum is none). `max_replicas` is shared by weight, so that the revisions together stay below it; each may
 * have one.
 */
export function boundsAtWeight(
  bounds: { readonly minReplicas: number; readonly maxReplicas: number },
  weight: number,
  isHeaviest: boolean,
): { readonly min: number; readonly max: number } {
  const max = weight >= 100 ? bounds.maxReplicas : Math.max(1, Math.floor((bounds.maxReplicas * weight) / 100 + 1e-9));
  const min = isHeaviest ? bounds.minReplicas : Math.min(1, bounds.minReplicas);
  return { min: Math.min(min, max), max };
}

/**
 * Replicas of one deployment of a revision at a weight. What the autoscaler decided is within its bounds, which may be those of a
 * schedule; only the share of the maximum is applied to it. A pool without a decision begins within the bounds of its options.
 */
export function replicasWanted(sizing: Sizing, weight: number, isHeaviest: boolean): number {
  const { autoscaling, numReplicas, target } = sizing;
  if (autoscaling === null) return replicasAtWeight(numReplicas, weight);
  if (target !== null && weight >= 100) return target;
  const most = { ...autoscaling, maxReplicas: Math.max(autoscaling.maxReplicas, target ?? 0) };
  const { min, max } = boundsAtWeight(most, weight, isHeaviest);
  return target === null ? Math.min(max, Math.max(min, replicasAtWeight(numReplicas, weight))) : Math.min(max, target);
}

/** Wanted replicas per pool. A pool that revisions share gets the sum, capped at the largest number among them. */
export function wantedReplicas(revisions: readonly WeighedRevision[]): Map<string, number> {
  const sums = new Map<string, { sum: number; cap: number }>();
  for (const { weight, isHeaviest, deployments } of revisions) {
    for (const sizing of deployments) {
      const known = sums.get(sizing.poolId) ?? { sum: 0, cap: 0 };
      const wanted = replicasWanted(sizing, weight, isHeaviest);
      // The autoscaler counts a pool as a whole, whoever shares it.
      const whole = sizing.autoscaling === null ? sizing.numReplicas : (sizing.target ?? sizing.numReplicas);
      sums.set(sizing.poolId, { sum: known.sum + wanted, cap: Math.max(known.cap, whole, wanted) });
    }
  }
  return new Map([...sums].map(([poolId, { sum, cap }]) => [poolId, Math.min(sum, cap)]));
}
