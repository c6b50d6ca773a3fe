import type { ReplicaStage } from "./state.ts";

/** What can happen to a replica. */
export const replicaEvents = [
  /** A node was chosen. */
  "assign",
  /** The agent fetches bundle and environment. */
  "prepare",
  /** The process was started. */
  "start",
  /** The process runs the constructor or loads the model. */
  "load",
  /** The readiness probe was answered. */
  "becomeReady",
  /** No new work; finish what runs. */
  "drain",
  /** The process ended in order. */
  "stop",
  /** The process died, the constructor threw, or the node was lost. */
  "fail",
] as const;
export type ReplicaEvent = (typeof replicaEvents)[number];

/** Position along the way to ready. */
const PROGRESS = { pending: 0, assigned: 1, preparing: 2, starting: 3, loading: 4, ready: 5 } as const;

const STEP = {
  assign: "assigned",
  prepare: "preparing",
  start: "starting",
  load: "loading",
  becomeReady: "ready",
} as const;

/** A replica in this stage will never run again. */
export function isEnded(stage: ReplicaStage): boolean {
  return stage === "stopped" || stage === "failed";
}

/**
 * The stage after an event. Total: an event that makes no sense leaves the stage as it is, so a late or repeated report
 * never moves a replica backwards. Steps may be skipped (a fast agent reports only the last one); nothing leaves an end.
 */
export function nextReplicaStage(stage: ReplicaStage, event: ReplicaEvent): ReplicaStage {
  if (stage === "stopped" || stage === "failed") return stage;
  switch (event) {
    case "assign":
    case "prepare":
    case "start":
    case "load":
    case "becomeReady": {
      if (stage === "draining") return stage;
      const next = STEP[event];
      // Only a node's agent reports beyond `assigned`: a pending replica has none.
      if (stage === "pending" && event !== "assign") return stage;
      return PROGRESS[next] > PROGRESS[stage] ? next : stage;
    }
    case "drain":
      // What never got a node has nothing to finish.
      return stage === "pending" ? "stopped" : "draining";
    case "stop":
      return "stopped";
    case "fail":
      return "failed";
    default:
      return assertNever(event);
  }
}

/** The event that a report of this stage stands for; null for `pending`, which no agent reports. */
export function eventOfReport(stage: ReplicaStage): ReplicaEvent | null {
  switch (stage) {
    case "pending":
      return null;
    case "assigned":
      return "assign";
    case "preparing":
      return "prepare";
    case "starting":
      return "start";
    case "loading":
      return "load";
    case "ready":
      return "becomeReady";
    case "draining":
      return "drain";
    case "stopped":
      return "stop";
    case "failed":
      return "fail";
    default:
      return assertNever(stage);
  }
}

function assertNever(value: never): never {
  throw new Error(`Not a replica stage or event: ${String(value)}`);
}
