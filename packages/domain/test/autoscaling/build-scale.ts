import { decideScale, loadKeepMs } from "../../src/autoscaling/decide-scale.ts";
import type { LoadWindow } from "../../src/autoscaling/load-window.ts";
import { EMPTY_LOAD_WINDOW, appendLoad } from "../../src/autoscaling/load-window.ts";
import type { AutoscalingPolicy } from "../../src/autoscaling/policy.ts";
import { resolveBounds } from "../../src/autoscaling/scale-bounds.ts";
import type { ScaleDecision, ScaleInput } from "../../src/autoscaling/scale-decision.ts";
import { FRESH_SCALE_STATE } from "../../src/autoscaling/scale-decision.ts";

/** Ray Serve's defaults, with room up to 20. */
export function buildPolicy(changes: Partial<AutoscalingPolicy>): AutoscalingPolicy {
  return {
    minReplicas: 1,
    initialReplicas: null,
    maxReplicas: 20,
    targetOngoingRequests: 2,
    lookBackPeriodS: 30,
    upscalingFactor: 1,
    downscalingFactor: 1,
    upscaleDelayS: 30,
    downscaleDelayS: 600,
    downscaleToZeroDelayS: null,
    aggregationFunction: "mean",
    schedules: [],
    queueFastPath: true,
    ...changes,
  };
}

/** A tick: when, total load or null for "no router", and how many of it are queued. */
export type LoadTick = readonly [atMs: number, total: number | null, queued?: number];

export const TICK_MS = 250;

/** The same load at every tick from `fromMs` on for so many seconds. */
export function flat(total: number, seconds = 2, queued = 0, fromMs = 0): LoadTick[] {
  return Array.from({ length: (seconds * 1000) / TICK_MS + 1 }, (_, index) => [
    fromMs + index * TICK_MS,
    total,
    queued,
  ]);
}

export function windowAfter(ticks: readonly LoadTick[], policy: AutoscalingPolicy): LoadWindow {
  return ticks.reduce((window, [atMs, total, queued = 0]) => {
    const load = total === null ? null : { queued, sent: total - queued };
    return appendLoad(window, atMs, load, loadKeepMs(policy));
  }, EMPTY_LOAD_WINDOW);
}

/** The decision at the last of these ticks. */
export function decideAfter(
  ticks: readonly LoadTick[],
  input: Partial<ScaleInput> & Pick<ScaleInput, "policy" | "before" | "running">,
): ScaleDecision {
  return decideScale({
    bounds: resolveBounds(input.policy, null),
    maxOngoingRequests: 5,
    policyState: FRESH_SCALE_STATE,
    window: windowAfter(ticks, input.policy),
    nowMs: ticks.at(-1)?.[0] ?? 0,
    ...input,
  });
}
