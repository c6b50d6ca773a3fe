/** What a revision is at the moment, and whether going to it makes sense. Pure. */
import type { EventView, RevisionView, RolloutView } from "@sluice/contracts";

type RevisionWord =
  "serving" | "starting" | "kept warm" | "not serving" | "did not start" | "aborted" | "being inspected" | "cannot run";

export interface RevisionState {
  readonly word: RevisionWord;
  /** Empty where there is nothing to explain. */
  readonly reason: string;
}

export type RevisionFacts = Pick<RevisionView, "number" | "stage" | "stage_message" | "weight" | "warm_until">;
type HistoryEvent = Pick<EventView, "reason" | "revision" | "message">;

/** What is known of an application's revisions beside themselves. */
export interface RevisionHistory {
  /** The newest move; null before the first. */
  readonly rollout: Pick<RolloutView, "to_revision" | "phase" | "message" | "ended_at"> | null;
  /** Newest first. */
  readonly events: readonly HistoryEvent[];
}

/**
 * That a node can run its bundle says nothing of whether its replicas came up. The weights say who serves, the newest rollout what
 * became of the newest revision, and the events what became of those before: one that never got as far as to run did not start.
 */
export function stateOfRevision(revision: RevisionFacts, history: RevisionHistory, nowMs: number): RevisionState {
  const { number, stage, stage_message: message, weight, warm_until: warmUntil } = revision;
  if (stage === "describe_failed") return { word: "cannot run", reason: message };
  if (stage === "describing") return { word: "being inspected", reason: message };
  if (weight > 0) return { word: "serving", reason: "" };
  const { rollout, events } = history;
  if (rollout?.to_revision === number) {
    if (rollout.phase === "failed") return { word: "did not start", reason: rollout.message };
    if (rollout.phase === "aborted") return { word: "aborted", reason: rollout.message };
    if (rollout.ended_at === null) return { word: "starting", reason: rollout.message };
  }
  if (warmUntil !== null && Date.parse(warmUntil) > nowMs) return { word: "kept warm", reason: "" };
  const ofIt = events.filter((event) => event.revision === number);
  const failure = ofIt.find(({ reason }) => reason === "DeployFailed");
  // A split fails in the name of the target, which may well have run before.
  const hasRun = ofIt.some(({ reason }) => reason === "DeployCompleted");
  if (failure !== undefined && !hasRun) return { word: "did not start", reason: failure.message };
  return { word: "not serving", reason: "" };
}

/** It served, or nothing is known that speaks against it. */
export function canBeGoneBackTo({ word }: RevisionState): boolean {
  return word === "serving" || word === "kept warm" || word === "not serving";
}
