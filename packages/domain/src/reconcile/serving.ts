import type { SplitEntry } from "../traffic/traffic.ts";
import type { ReconcileSnapshot, RevisionFacts } from "./snapshot.ts";

/** The revision with the most weight that is not the target; undefined when nothing else serves. */
export function otherServing(snapshot: ReconcileSnapshot): SplitEntry | undefined {
  return servingEntries(snapshot)
    .filter(({ revision }) => revision !== snapshot.application.targetRevision)
    .sort((a, b) => b.weight - a.weight || b.revision - a.revision)[0];
}

/** Revisions that have weight now. */
export function servingEntries(snapshot: ReconcileSnapshot): readonly SplitEntry[] {
  return (snapshot.effective?.variants ?? []).filter(({ weight }) => weight > 0);
}

export function findRevision(snapshot: ReconcileSnapshot, revision: number): RevisionFacts | undefined {
  return snapshot.revisions.find((candidate) => candidate.revision === revision);
}
