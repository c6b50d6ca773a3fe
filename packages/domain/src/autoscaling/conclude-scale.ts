import { explainScale } from "./explain-scale.ts";
import type { RayScaleDecision } from "./ray-policy.ts";
import { FRESH_RAY_STATE } from "./ray-policy.ts";
import { clipToBounds } from "./scale-bounds.ts";
import type { ScaleDecision, ScaleInput, ScalePath, ScalePolicyState } from "./scale-decision.ts";
import type { WeighedLoad } from "./weigh-load.ts";

/** A run of Ray's algorithm and the load it saw: the numbers that the decision shows. */
export interface Shown {
  readonly ray: RayScaleDecision;
  readonly load: WeighedLoad;
}

/** Paths on which only a change of the bounds moves the target. */
const KEEPING: ReadonlySet<ScalePath> = new Set(["steady", "waiting", "held", "settling"]);

export interface Verdict extends Partial<Shown> {
  readonly path: ScalePath;
  readonly delay?: ScaleDecision["delay"];
  readonly settling?: string;
  readonly state?: ScalePolicyState;
}

/** Fills in every number. Whatever moved the target starts both timers anew. */
export function concludeScale(input: ScaleInput, verdict: Verdict): ScaleDecision {
  const { policy, bounds, before, running, window, nowMs, policyState } = input;
  const { ray, load, delay = null, settling = null } = verdict;
  const isKept = ray === undefined || KEEPING.has(verdict.path);
  const target = isKept ? clipToBounds(before, bounds) : ray.target;
  const path = ray !== undefined && isKept && target !== before ? "bounds" : verdict.path;
  const newest = ray === undefined ? null : window.newest;
  const afterFactor = ray === undefined ? null : Math.max(0, ray.afterFactor);
  const lastScaleUpAtMs = target > before ? nowMs : policyState.lastScaleUpAtMs;
  const idle = { up: FRESH_RAY_STATE, down: FRESH_RAY_STATE, lastScaleUpAtMs };
  const decision: Omit<ScaleDecision, "reason"> = {
    target,
    before,
    running,
    measured: newest === null ? null : { total: newest.queued + newest.sent, queued: newest.queued, sent: newest.sent },
    aggregated: load?.load ?? null,
    window: load?.window ?? "no data",
    targetOngoingRequests: policy.targetOngoingRequests,
    desiredRaw: load === undefined ? null : load.load / policy.targetOngoingRequests,
    afterFactor,
    bounds,
    clampedBy: afterFactor === null ? null : afterFactor > bounds.max ? "max" : afterFactor < bounds.min ? "min" : null,
    delay,
    path,
    policyState: target !== before ? idle : (verdict.state ?? idle),
    wakeAtMs: delay === null ? null : nowMs + delay.remainingMs,
  };
  return { ...decision, reason: explainScale({ decision, policy, settling }) };
}
