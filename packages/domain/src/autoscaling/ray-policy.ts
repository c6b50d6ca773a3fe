import type { AutoscalingPolicy } from "./policy.ts";
import type { ScaleBounds } from "./scale-bounds.ts";
import { clipToBounds } from "./scale-bounds.ts";

/** What Ray Serve's default policy reads of the configuration. */
export type RayScaleConfig = Pick<
  AutoscalingPolicy,
  | "targetOngoingRequests"
  | "upscalingFactor"
  | "downscalingFactor"
  | "upscaleDelayS"
  | "downscaleDelayS"
  | "downscaleToZeroDelayS"
>;

/** Ray's `__decision_counters` and `__decision_timestamp`. */
export interface RayPolicyState {
  /** Ticks in a row that wanted more (positive) or fewer (negative) replicas. */
  readonly counter: number;
  /** When the first of them was; null while none counts. */
  readonly sinceMs: number | null;
}

export const FRESH_RAY_STATE: RayPolicyState = { counter: 0, sinceMs: null };

export interface RayScaleInputs {
  /** T: requests queued and running, averaged. */
  readonly load: number;
  /** R: replicas that run now. */
  readonly running: number;
  /** G: target in force. */
  readonly before: number;
  readonly bounds: Pick<ScaleBounds, "min" | "max">;
  readonly nowMs: number;
}

export interface ScaleDelay {
  readonly direction: "up" | "down" | "zero";
  readonly sinceMs: number;
  readonly delayMs: number;
  readonly remainingMs: number;
}

export interface RayScaleDecision {
  readonly target: number;
  readonly policyState: RayPolicyState;
  /** T / target_ongoing_requests; G where no replica runs, as Ray's policy keeps it. */
  readonly desiredRaw: number;
  /** Whole replicas after the up or down factor, before delay and bounds. */
  readonly afterFactor: number;
  /** The number before it was clipped to the bounds. */
  readonly unbounded: number;
  readonly isColdStart: boolean;
  /** The timer that runs; null when nothing waits. */
  readonly delay: ScaleDelay | null;
}

/** Ray's tolerance of 1e-6 s when it compares an elapsed time with a delay. */
const DELAY_TOLERANCE_MS = 1e-3;

/** Elapsed enough, with the tolerance that Ray has for float clocks. */
function hasElapsed(sinceMs: number, delayMs: number, nowMs: number): boolean {
  return nowMs - sinceMs + DELAY_TOLERANCE_MS >= delayMs;
}

/**
 * One tick of Ray Serve 2.58's default autoscaling policy, exactly: `ray.serve.autoscaling_policy` with its cold start,
 * factors and delays, and the bounds of `DeploymentAutoscalingState.get_decision_num_replicas`. Recorded decisions of Ray
 * itself hold it (test/autoscaling).
 */
export function decideRayScale(
  config: RayScaleConfig,
  inputs: RayScaleInputs,
  policyState: RayPolicyState,
): RayScaleDecision {
  const { load, running, before, bounds, nowMs } = inputs;
  if (running === 0 && load > 0) {
    const wanted = Math.max(Math.ceil(config.upscalingFactor), before);
    const target = clipToBounds(wanted, bounds);
    const desiredRaw = load / config.targetOngoingRequests;
    return { target, policyState, desiredRaw, afterFactor: wanted, unbounded: wanted, isColdStart: true, delay: null };
  }
  // Ray multiplies R back in: the order of operations is kept so that the last bit of the result is Ray's.
  const desiredRaw = running === 0 ? before : running * (load / (config.targetOngoingRequests * running));
  const afterFactor = applyFactor(config, desiredRaw, running);
  if (running === 0 && afterFactor > 0) {
    const target = clipToBounds(afterFactor, bounds);
    return { target, policyState, desiredRaw, afterFactor, unbounded: afterFactor, isColdStart: false, delay: null };
  }
  const delayed = applyDelay(config, Math.max(0, afterFactor), before, policyState, nowMs);
  const { wanted: unbounded, state, delay } = delayed;
  const target = clipToBounds(unbounded, bounds);
  return { target, policyState: state, desiredRaw, afterFactor, unbounded, isColdStart: false, delay };
}

/**
 * s = ceil(R + f * (raw - R)). A down factor so small that nothing would move still takes one replica away; from zero replicas
 * the factor has no meaning.
 */
function applyFactor(config: RayScaleConfig, desiredRaw: number, running: number): number {
  if (running === 0) return Math.ceil(desiredRaw);
  const delta = desiredRaw - running;
  const factor = delta > 0 ? config.upscalingFactor : config.downscalingFactor;
  const scaled = Math.ceil(running + factor * delta);
  return Math.ceil(desiredRaw) < running && scaled === running ? scaled - 1 : scaled;
}

/**
 * A wish must hold for its delay, counted from the first tick that had it; then the wish of this tick is applied. Down to
 * zero goes n -> 1 -> 0, each with its own delay.
 */
function applyDelay(
  config: RayScaleConfig,
  desired: number,
  before: number,
  state: RayPolicyState,
  nowMs: number,
): { readonly wanted: number; readonly state: RayPolicyState; readonly delay: ScaleDelay | null } {
  if (desired === before) return { wanted: before, state: FRESH_RAY_STATE, delay: null };
  const step = desired > before ? 1 : -1;
  const hasTurned = state.counter * step < 0;
  const counter = (hasTurned ? 0 : state.counter) + step;
  const sinceMs = (hasTurned ? null : state.sinceMs) ?? nowMs;
  const { direction, delayS, wanted } = stageOf(config, desired, before);
  const delayMs = delayS * 1000;
  if (hasElapsed(sinceMs, delayMs, nowMs)) return { wanted, state: FRESH_RAY_STATE, delay: null };
  const delay = { direction, sinceMs, delayMs, remainingMs: Math.max(0, sinceMs + delayMs - nowMs) };
  return { wanted: before, state: { counter, sinceMs }, delay };
}

/** Which delay rules a change, and how far one change may go. */
function stageOf(
  config: RayScaleConfig,
  desired: number,
  before: number,
): { readonly direction: ScaleDelay["direction"]; readonly delayS: number; readonly wanted: number } {
  if (desired > before) return { direction: "up", delayS: config.upscaleDelayS, wanted: desired };
  if (before !== 1) return { direction: "down", delayS: config.downscaleDelayS, wanted: Math.max(1, desired) };
  return { direction: "zero", delayS: config.downscaleToZeroDelayS ?? config.downscaleDelayS, wanted: desired };
}
