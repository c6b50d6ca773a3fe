import type { AutoscalingPolicy, AutoscalingSchedule } from "./policy.ts";

/** The bounds in force now, and where they come from. */
export interface ScaleBounds {
  readonly min: number;
  readonly max: number;
  readonly source: "config" | "schedule";
}

/**
 * Bounds while this schedule window is open; null = none is. What a window leaves out stays as configured; a min above the
 * max is cut to the max.
 */
export function resolveBounds(
  policy: Pick<AutoscalingPolicy, "minReplicas" | "maxReplicas">,
  open: Pick<AutoscalingSchedule, "minReplicas" | "maxReplicas"> | null,
): ScaleBounds {
  const max = open?.maxReplicas ?? policy.maxReplicas;
  const min = open?.minReplicas ?? policy.minReplicas;
  return { min: Math.min(min, max), max, source: open === null ? "config" : "schedule" };
}

/** max(min, min(max, count)), as Ray Serve clips. */
export function clipToBounds(count: number, bounds: Pick<ScaleBounds, "min" | "max">): number {
  return Math.max(bounds.min, Math.min(bounds.max, count));
}
