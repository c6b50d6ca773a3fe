import type { LoadWindow } from "./load-window.ts";
import type { AutoscalingPolicy } from "./policy.ts";
import type { RayPolicyState, ScaleDelay } from "./ray-policy.ts";
import { FRESH_RAY_STATE } from "./ray-policy.ts";
import type { ScaleBounds } from "./scale-bounds.ts";

/**
 * What led to the target:
 * - `steady`: the formula gives what there is; `waiting`: it gives something else and a delay runs;
 * - `scaled`: its number was taken; `cold_start`: a request came while nothing ran; `fast_path`: a full queue skipped the delay;
 * - `held`: the formula wants beyond a bound where the target already is; `bounds`: the bounds themselves moved the target;
 * - `settling`: fewer are wanted, but the load of the look-back does not allow it yet;
 * - `no_data`: no router reports, so the target stays.
 */
export type ScalePath =
  "steady" | "waiting" | "scaled" | "cold_start" | "fast_path" | "held" | "bounds" | "settling" | "no_data";

/** What one decision hands to the next. */
export interface ScalePolicyState {
  /** Ray's timer for growing, and another one for shrinking: a short peak does not reset the way down. */
  readonly up: RayPolicyState;
  readonly down: RayPolicyState;
  readonly lastScaleUpAtMs: number | null;
}

export const FRESH_SCALE_STATE: ScalePolicyState = {
  up: FRESH_RAY_STATE,
  down: FRESH_RAY_STATE,
  lastScaleUpAtMs: null,
};

/** A target with every number that led to it. */
export interface ScaleDecision {
  readonly target: number;
  readonly before: number;
  /** Replicas that run now. */
  readonly running: number;
  /** Newest sample: requests queued in routers and sent to replicas; null without data. */
  readonly measured: { readonly total: number; readonly queued: number; readonly sent: number } | null;
  /** The load that the formula used; null without data. */
  readonly aggregated: number | null;
  /** What `aggregated` is: "mean of 30 s", "mean of the last second", "newest report". */
  readonly window: string;
  readonly targetOngoingRequests: number;
  /** aggregated / target_ongoing_requests; null without data. */
  readonly desiredRaw: number | null;
  /** Whole replicas after the up or down factor, before bounds; null without data. */
  readonly afterFactor: number | null;
  readonly bounds: ScaleBounds;
  readonly clampedBy: "min" | "max" | null;
  readonly delay: ScaleDelay | null;
  readonly path: ScalePath;
  /** One sentence for people. */
  readonly reason: string;
  readonly policyState: ScalePolicyState;
  /** When the running delay ends; null when nothing waits. */
  readonly wakeAtMs: number | null;
}

/** All that a decision is made of. */
export interface ScaleInput {
  readonly policy: AutoscalingPolicy;
  readonly bounds: ScaleBounds;
  /** Target in force. */
  readonly before: number;
  /** Replicas of the pool that are ready. */
  readonly running: number;
  readonly maxOngoingRequests: number;
  /** Load up to now; this tick's sample is in it. */
  readonly window: LoadWindow;
  readonly policyState: ScalePolicyState;
  readonly nowMs: number;
}
