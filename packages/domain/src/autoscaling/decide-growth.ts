import type { Shown } from "./conclude-scale.ts";
import type { RayScaleDecision, RayScaleInputs } from "./ray-policy.ts";
import { FRESH_RAY_STATE, decideRayScale } from "./ray-policy.ts";
import { clipToBounds } from "./scale-bounds.ts";
import type { ScaleInput, ScalePath } from "./scale-decision.ts";
import type { LoadViews, WeighedLoad } from "./weigh-load.ts";

/** Ray's answer to the load for growing. */
export interface Growth extends RayScaleDecision {
  readonly shown: Shown;
  /** How it grew; says something only while `target` is above the one in force. */
  readonly path: ScalePath;
  /** The look-back wants more, the last second does not. */
  readonly isGone: boolean;
}

/** Ray's inputs for one of the loads. */
export function raySide(input: ScaleInput, { load }: Pick<WeighedLoad, "load">): RayScaleInputs {
  const { before, bounds, nowMs } = input;
  return { load, running: before === 0 ? 0 : input.running, before, bounds, nowMs };
}

/** Whether more replicas are wanted now. A full queue needs no delay. */
export function decideGrowth(input: ScaleInput, views: LoadViews): Growth {
  const { policy, policyState, before } = input;
  const config = views.isQueueExploding ? { ...policy, upscaleDelayS: 0 } : policy;
  const ray = decideRayScale(config, raySide(input, views.forGrowing), policyState.up);
  const growth = { ...ray, shown: { ray, load: views.forGrowing }, path: pathOf(input, views, ray), isGone: false };
  return ray.unbounded <= before || isWantedNow(input, views) ? growth : keepWaiting(input, growth);
}

/** The last second wants more as well: nothing grows for load that has gone. */
function isWantedNow(input: ScaleInput, { present }: LoadViews): boolean {
  if (present === null || input.running === 0 || input.before === 0) return true;
  const config = { ...input.policy, upscaleDelayS: 0 };
  return decideRayScale(config, raySide(input, { load: present }), FRESH_RAY_STATE).unbounded > input.before;
}

/** Undoes a growth, its timer kept. */
function keepWaiting({ before, bounds, nowMs, policyState }: ScaleInput, growth: Growth): Growth {
  const { counter, sinceMs } = policyState.up;
  const state = counter > 0 ? { counter: counter + 1, sinceMs } : { counter: 1, sinceMs: nowMs };
  const target = clipToBounds(before, bounds);
  return { ...growth, unbounded: before, target, policyState: state, path: "bounds", isGone: true };
}

function pathOf({ policy, before }: ScaleInput, views: LoadViews, ray: RayScaleDecision): ScalePath {
  if (ray.unbounded <= before) return "bounds";
  if (ray.isColdStart) return "cold_start";
  return views.isQueueExploding && policy.upscaleDelayS > 0 ? "fast_path" : "scaled";
}
