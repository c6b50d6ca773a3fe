import type { LoadWindow, ScaleDecision, ScalePolicyState } from "@sluice/domain";
import {
  EMPTY_LOAD_WINDOW,
  FRESH_SCALE_STATE,
  appendLoad,
  decideScale,
  loadKeepMs,
  resolveBounds,
} from "@sluice/domain";
import type { AutoscaledPool } from "./autoscaled-pool.ts";
import type { Loads } from "./pick-load.ts";
import { pickLoad } from "./pick-load.ts";
import type { ScheduleWindows } from "./schedule-windows.ts";

/** What is remembered of a pool between ticks. */
export interface PoolMemory {
  /** Equal text = equal policy. */
  readonly policyText: string;
  readonly window: LoadWindow;
  readonly policyState: ScalePolicyState;
}

export interface Evaluation {
  readonly pool: AutoscaledPool;
  readonly atMs: number;
  readonly decision: ScaleDecision;
  readonly memory: PoolMemory;
}

export interface TickInputs {
  readonly gateways: Loads;
  readonly handles: Loads;
  readonly windows: ScheduleWindows;
  readonly nowMs: number;
}

/** One tick of one pool. Another policy starts its timers anew, as in Ray Serve; the load seen so far stays. */
export function evaluatePool(pool: AutoscaledPool, known: PoolMemory | undefined, inputs: TickInputs): Evaluation {
  const { gateways, handles, windows, nowMs } = inputs;
  const { policy, maxOngoingRequests, ready, currentTarget } = pool;
  const policyText = textOf(policy);
  const load = pool.isServing ? pickLoad(pool, gateways, handles) : null;
  const window = appendLoad(known?.window ?? EMPTY_LOAD_WINDOW, nowMs, load, loadKeepMs(policy));
  const decided = decideScale({
    policy,
    bounds: resolveBounds(policy, windows.openAt(policy.schedules, nowMs)),
    before: currentTarget,
    running: ready,
    maxOngoingRequests,
    window,
    policyState: known?.policyText === policyText ? known.policyState : FRESH_SCALE_STATE,
    nowMs,
  });
  const decision = pool.isServing
    ? decided
    : { ...decided, reason: `It gets no requests yet: begins with ${decided.target}` };
  return { pool, atMs: nowMs, decision, memory: { policyText, window, policyState: decision.policyState } };
}

const texts = new WeakMap<AutoscaledPool["policy"], string>();

function textOf(policy: AutoscaledPool["policy"]): string {
  const text = texts.get(policy) ?? JSON.stringify(policy);
  texts.set(policy, text);
  return text;
}
