import { counted } from "./explain-scale.ts";
import { concludeScale } from "./conclude-scale.ts";
import type { Shown, Verdict } from "./conclude-scale.ts";
import type { Growth } from "./decide-growth.ts";
import { decideGrowth, raySide } from "./decide-growth.ts";
import { measureKnownMs } from "./load-window.ts";
import type { AutoscalingPolicy } from "./policy.ts";
import type { RayPolicyState } from "./ray-policy.ts";
import { decideRayScale } from "./ray-policy.ts";
import { clipToBounds } from "./scale-bounds.ts";
import type { ScaleDecision, ScaleInput } from "./scale-decision.ts";
import { weighLoad } from "./weigh-load.ts";

/** How long samples have to be kept for `decideScale`. */
export function loadKeepMs(policy: Pick<AutoscalingPolicy, "lookBackPeriodS">): number {
  return policy.lookBackPeriodS * 1000 + 5000;
}

/**
 * One tick for one pool. Ray's algorithm runs twice, each with its own timer: over the load for growing and, if that does not
 * raise the target, over the load for shrinking (`weighLoad`). What differs from Ray, and why:
 * - a load step counts after a second, not after the look-back; a full queue (`queue_fast_path`) skips the delay;
 * - shrinking needs a whole look-back of known load since the last growth, and respects its busiest stretch: no flapping;
 * - without data the target stays; with target 0 the first request counts as a cold start even while an old replica drains.
 * Invariant: bounds.min <= target <= bounds.max, whatever comes in.
 */
export function decideScale(input: ScaleInput): ScaleDecision {
  const { policy, bounds, before, running, maxOngoingRequests, nowMs, policyState } = input;
  // With target 0 whatever still runs is on its way out.
  const capacity = before === 0 ? 0 : running * maxOngoingRequests;
  const views = weighLoad(policy, input.window, capacity, nowMs);
  if (views === null) return concludeScale(input, { path: "no_data", settling: describeSilence(input) });
  const growth = decideGrowth(input, views);
  if (growth.target > before) return concludeScale(input, { ...growth.shown, path: growth.path });
  const shrinkage = decideRayScale(policy, raySide(input, views.forShrinking), policyState.down);
  const obstacle = clipToBounds(shrinkage.unbounded, bounds) < clipToBounds(before, bounds) ? whyNotYet(input) : null;
  const down = obstacle === null ? shrinkage.policyState : keepTimer(policyState.down, nowMs);
  const state = { ...policyState, up: growth.policyState, down };
  const shrunk: Shown = { ray: shrinkage, load: views.forShrinking };
  if (obstacle !== null) return concludeScale(input, { ...shrunk, path: "settling", settling: obstacle, state });
  if (shrinkage.target < before) {
    return concludeScale(input, { ...shrunk, path: shrinkage.unbounded < before ? "scaled" : "bounds", state });
  }
  return concludeScale(input, { ...rest(input, growth, shrunk), state });
}

/** What is said while the number stays: a wish for more comes first, then one for fewer, then what holds it. */
function rest(input: ScaleInput, growth: Growth, shrunk: Shown): Verdict {
  const { before, bounds } = input;
  const { ray } = shrunk;
  const grown = growth.shown;
  // The queue of a cold start measures how long replicas take to start, not how many are needed.
  if (growth.isColdStart) return { ...grown, path: "cold_start" };
  if (growth.isGone) return { ...grown, path: "settling", settling: "because the last second needs no more" };
  if (growth.afterFactor > before) {
    const isHeld = clipToBounds(growth.afterFactor, bounds) <= before || growth.delay === null;
    return isHeld ? { ...grown, path: "held" } : { ...grown, path: "waiting", delay: growth.delay };
  }
  if (ray.afterFactor < before) {
    const isHeld = clipToBounds(Math.max(0, ray.afterFactor), bounds) >= before || ray.delay === null;
    return isHeld ? { ...shrunk, path: "held" } : { ...shrunk, path: "waiting", delay: ray.delay };
  }
  if (growth.afterFactor < before) {
    const settling = `because the ${shrunk.load.window} had ${counted(shrunk.load.load)} ongoing`;
    return { ...grown, path: "settling", settling };
  }
  return { ...grown, path: "steady" };
}

/** A number is lowered only on a whole look-back of load, all of it known and all of it since the last growth. */
function whyNotYet({ policy, window, policyState, nowMs }: ScaleInput): string | null {
  const lookBackMs = policy.lookBackPeriodS * 1000;
  const fromMs = Math.max(nowMs - lookBackMs, policyState.lastScaleUpAtMs ?? 0);
  const knownMs = measureKnownMs(window, fromMs, nowMs);
  if (knownMs >= lookBackMs) return null;
  const since = policyState.lastScaleUpAtMs !== null && fromMs === policyState.lastScaleUpAtMs;
  const seconds = `${Math.floor(knownMs / 1000)} of ${policy.lookBackPeriodS} s`;
  return `because load is known for only ${seconds} (look_back_period_s)${since ? " since the last scale up" : ""}`;
}

function describeSilence({ window, nowMs }: ScaleInput): string {
  if (window.lastDataAtMs === null) return "No router has reported load yet";
  return `No router has reported load for ${Math.round((nowMs - window.lastDataAtMs) / 1000)} s`;
}

/** The delay goes on counting while something else keeps the number. */
function keepTimer(state: RayPolicyState, nowMs: number): RayPolicyState {
  return state.counter < 0 ? state : { counter: -1, sinceMs: nowMs };
}
