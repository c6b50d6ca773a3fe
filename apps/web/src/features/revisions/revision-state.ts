/** What a revision is at the moment, in one word and a reason. Pure. */
import type { ApplicationView, RevisionView } from "@sluice/contracts";
import { revisionLook } from "../../components/states.ts";
import type { StateLook } from "../../components/states.ts";

export interface RevisionLook extends StateLook {
  /** Empty where there is nothing to explain. */
  readonly reason: string;
}

type Facts = Pick<RevisionView, "number" | "stage" | "stage_message" | "weight" | "warm_until">;

/**
 * That a node can run its bundle says nothing of whether its replicas came up: the newest rollout does, and the weights say who
 * serves. Older revisions are judged by their bundle alone.
 */
export function lookOfRevision(revision: Facts, rollout: ApplicationView["rollout"], nowMs: number): RevisionLook {
  const { number, stage, stage_message: message, weight, warm_until: warmUntil } = revision;
  if (stage !== "described") return { ...revisionLook[stage], reason: message };
  if (weight > 0) return { tone: "ok", word: "Serving", reason: "" };
  if (rollout?.to_revision === number && rollout.phase !== "completed") {
    if (rollout.phase === "failed") return { tone: "bad", word: "Did not start", reason: rollout.message };
    if (rollout.phase === "aborted") return { tone: "gone", word: "Aborted", reason: rollout.message };
    if (rollout.ended_at === null) return { tone: "busy", word: "Starting", reason: rollout.message };
  }
  if (warmUntil !== null && Date.parse(warmUntil) > nowMs)
    return {
      tone: "gone",
      word: "Kept warm",
      reason: "Its replicas are kept for a while: a rollback to it takes seconds.",
    };
  return { tone: "gone", word: "Not serving", reason: "Its code was inspected and can run. A rollback starts it." };
}
