import type { RetryReason } from "../decide-retry.ts";
import type { AdmissionReason } from "./decide-admission.ts";
import type { EjectionReason } from "./decide-ejection.ts";
import type { PickReason } from "./pick-replica.ts";
import type { WaitRefusal } from "./wait-queue.ts";

/** How often a router decided what, since it began: for counters with the reason as label. Never reset. */
export interface DecisionCounts {
  readonly picks: Record<PickReason, number>;
  readonly waits: Record<AdmissionReason, number>;
  readonly refusals: Record<WaitRefusal, number>;
  readonly ejections: Record<EjectionReason, number>;
  readonly retries: Record<RetryReason, number>;
}

/** One more pick. A switch, because a store under a computed name would cost as much as the pick itself. */
export function countPick(picks: DecisionCounts["picks"], reason: PickReason): void {
  switch (reason) {
    case "least_of_two":
      picks.least_of_two += 1;
      return;
    case "local":
      picks.local += 1;
      return;
    case "only_one":
      picks.only_one += 1;
      return;
    case "last_room":
    case "holds_model":
    case "fewest_models":
    case "probe":
      picks[reason] += 1;
      return;
    default:
      reason satisfies never;
  }
}

/** All zero; every reason is there from the start, so that counters exist before they count and the object keeps its shape. */
export function startCounts(): DecisionCounts {
  return {
    picks: { only_one: 0, least_of_two: 0, local: 0, last_room: 0, holds_model: 0, fewest_models: 0, probe: 0 },
    waits: { wait_for_place: 0, wait_for_model: 0, wait_for_replica: 0, closed: 0, deadline: 0, queue_full: 0 },
    refusals: { queue_full: 0, deadline: 0, no_replica: 0, closed: 0 },
    ejections: {
      unreachable: 0,
      failures_in_a_row: 0,
      last_one: 0,
      below_threshold: 0,
      share_reached: 0,
      already_ejected: 0,
    },
    retries: {
      rejected: 0,
      never_written: 0,
      never_begun: 0,
      above_goaway: 0,
      safe_method: 0,
      response_started: 0,
      body_gone: 0,
      two_deaths: 0,
      attempts: 0,
      may_have_run: 0,
      budget: 0,
    },
  };
}
