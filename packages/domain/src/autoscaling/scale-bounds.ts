import type { AutoscalingPolicy, AutoscalingSchedule } from "./policy.ts";

/** The bounds in force now, and where they come from. */
export interface ScaleBounds {
  readonly min: number;
  readonly max: number;
  readonly source: "config" | "schedule";
}

/**
 * Bounds while these schedule windows are open. Where several are open, the highest min and the highest max hold: a window is
 * opened to have room. A min above the max is cut to the max.
 */
export function resolveBounds(
  policy: Pick<AutoscalingPolicy, "minReplicas" | "maxReplicas">,
  open: readonly Pick<AutoscalingSchedule, "minReplicas" | "maxReplicas">[],
): ScaleBounds {
  const mins = open.flatMap(({ minReplicas }) => (minReplicas === null ? [] : [minReplicas]));
  const maxes = open.flatMap(({ maxReplicas }) => (maxReplicas === null ? [] : [maxReplicas]));
  const max = maxes.length === 0 ? policy.maxReplicas : Math.max(...maxes);
  const min = mins.length === 0 ? policy.minReplicas : Math.max(...mins);
  return { min: Math.min(min, max), max, source: mins.length + maxes.length === 0 ? "config" : "schedule" };
}

/** max(min, min(max, count)), as Ray Serve clips. */
export function clipToBounds(count: number, bounds: Pick<ScaleBounds, "min" | "max">): number {
  return Math.max(bounds.min, Math.min(bounds.max, count));
}

/** First target of a pool nobody scaled yet: what served before it if something did, else initial, else min. */
export function decideFirstTarget(
  policy: Pick<AutoscalingPolicy, "minReplicas" | "initialReplicas">,
  bounds: Pick<ScaleBounds, "min" | "max">,
  previousTarget: number | null,
): number {
  return clipToBounds(policy.initialReplicas ?? previousTarget ?? policy.minReplicas, bounds);
}
