import type { NoPickReason } from "./pick-replica.ts";

/**
 * What becomes of a request that finds no replica at once. Public: metrics labels, request inspector.
 * - `wait_for_place`: it waits for one of the replicas, all of which are busy, or for those before it in the line.
 * - `wait_for_model`: it waits a little for a replica that holds its model; others would have to load it.
 * - `wait_for_replica`: it is held until a replica is there: the application scales from zero, or all failed.
 * - `closed`: the pool is gone; the request may turn to the pool that took over.
 * - `deadline`: no time is left.
 * - `queue_full`: max_queued_requests of this router wait already.
 */
export type AdmissionReason =
  "wait_for_place" | "wait_for_model" | "wait_for_replica" | "closed" | "deadline" | "queue_full";

export interface AdmissionFacts {
  readonly isClosed: boolean;
  /** It had a replica before (REJECT, death of the replica): it takes its old place, beyond max_queued_requests. */
  readonly isReturning: boolean;
  readonly queued: number;
  /** -1 = no limit. */
  readonly maxQueued: number;
  readonly deadlineMs: number;
  readonly nowMs: number;
  /** Why no replica takes it now. */
  readonly noPick: NoPickReason;
}

export interface AdmissionDecision {
  readonly wait: boolean;
  readonly reason: AdmissionReason;
}

const decisions = {
  waitForPlace: { wait: true, reason: "wait_for_place" },
  waitForModel: { wait: true, reason: "wait_for_model" },
  waitForReplica: { wait: true, reason: "wait_for_replica" },
  closed: { wait: false, reason: "closed" },
  deadline: { wait: false, reason: "deadline" },
  queueFull: { wait: false, reason: "queue_full" },
} as const satisfies Record<string, AdmissionDecision>;

/** Whether a request that no replica can take now may wait. The order of the tests is the order of what helps a caller most. */
export function decideAdmission(facts: AdmissionFacts): (typeof decisions)[keyof typeof decisions] {
  if (facts.isClosed) return decisions.closed;
  if (!facts.isReturning && facts.maxQueued >= 0 && facts.queued >= facts.maxQueued) return decisions.queueFull;
  if (facts.deadlineMs <= facts.nowMs) return decisions.deadline;
  switch (facts.noPick) {
    case "all_busy":
      return decisions.waitForPlace;
    case "model_busy":
      return decisions.waitForModel;
    case "no_replica":
    case "all_down":
      return decisions.waitForReplica;
    default:
      return facts.noPick satisfies never;
  }
}
