/** Which revisions an application can go back to, and which one is offered first. Pure. */
import type { RevisionView } from "@sluice/contracts";

type Candidate = Pick<RevisionView, "number" | "stage" | "is_target">;

/** Newest first: every revision that could run, other than the target. */
export function listRollbackChoices<T extends Candidate>(revisions: readonly T[]): T[] {
  return revisions
    .filter((revision) => !revision.is_target && revision.stage === "described")
    .sort((left, right) => right.number - left.number);
}

/** The revision before the target; when none before it can run (after a roll back to the first, say), the newest other. */
export function pickRollback<T extends Candidate>(revisions: readonly T[]): T | undefined {
  const target = revisions.find((revision) => revision.is_target);
  const choices = listRollbackChoices(revisions);
  return choices.find((revision) => target !== undefined && revision.number < target.number) ?? choices[0];
}

/** Why there is nothing to go back to; undefined when there is. */
export function noRollbackReason(revisions: readonly Candidate[] | undefined): string | undefined {
  if (revisions === undefined) return "The revisions are being read";
  if (listRollbackChoices(revisions).length > 0) return undefined;
  return revisions.length < 2
    ? "There is one revision only: nothing to go back to"
    : "No other revision can run: nothing to go back to";
}
