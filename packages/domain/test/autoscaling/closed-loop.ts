import { decideScale, loadKeepMs } from "../../src/autoscaling/decide-scale.ts";
import { EMPTY_LOAD_WINDOW, appendLoad } from "../../src/autoscaling/load-window.ts";
import type { AutoscalingPolicy } from "../../src/autoscaling/policy.ts";
import { resolveBounds } from "../../src/autoscaling/scale-bounds.ts";
import type { ScaleDecision } from "../../src/autoscaling/scale-decision.ts";
import { FRESH_SCALE_STATE } from "../../src/autoscaling/scale-decision.ts";
import { TICK_MS } from "./build-scale.ts";

export interface LoopSettings {
  readonly policy: AutoscalingPolicy;
  readonly maxOngoingRequests: number;
  /** Requests that clients hold open at a moment. */
  readonly concurrency: (atMs: number) => number;
  readonly startReplicaMs: number;
  readonly forMs: number;
  readonly firstTarget: number;
}

/** How often routers report; the ticker looks twice as often. */
const REPORT_MS = 500;

/**
 * The autoscaler with the pool it steers: replicas become ready after their start time and go at once, and what they cannot
 * take waits in the router. Every decision in order.
 */
export function runClosedLoop(settings: LoopSettings): ScaleDecision[] {
  const { policy, maxOngoingRequests, concurrency, startReplicaMs, forMs } = settings;
  const bounds = resolveBounds(policy, null);
  let readyAtMs: number[] = Array.from({ length: settings.firstTarget }, () => 0);
  let window = EMPTY_LOAD_WINDOW;
  let policyState = FRESH_SCALE_STATE;
  let report = { queued: 0, sent: 0 };
  const decisions: ScaleDecision[] = [];
  for (let nowMs = 0; nowMs <= forMs; nowMs += TICK_MS) {
    const running = readyAtMs.filter((atMs) => atMs <= nowMs).length;
    if (nowMs % REPORT_MS === 0) {
      const sent = Math.min(concurrency(nowMs), running * maxOngoingRequests);
      report = { queued: concurrency(nowMs) - sent, sent };
    }
    window = appendLoad(window, nowMs, report, loadKeepMs(policy));
    const before = readyAtMs.length;
    const input = { policy, bounds, before, running, maxOngoingRequests, window, policyState, nowMs };
    const decision = decideScale(input);
    policyState = decision.policyState;
    const started = Array.from({ length: Math.max(0, decision.target - before) }, () => nowMs + startReplicaMs);
    readyAtMs = [...readyAtMs, ...started].slice(0, decision.target);
    decisions.push(decision);
  }
  return decisions;
}
