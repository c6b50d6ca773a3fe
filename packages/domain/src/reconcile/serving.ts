import type { SplitEntry } from "../traffic/traffic.ts";
import type { ReconcileSnapshot, RevisionFacts } from "./snapshot.ts";

/** Revisions that have weight now beside the given one, the heaviest first. */
export function servingBeside(snapshot: ReconcileSnapshot, revision: number): SplitEntry[] {
  return servingEntries(snapshot)
    .filter((entry) => entry.revision !== revision)
    .sort((a, b) => b.weight - a.weight || b.revision - a.revision);
}

/** The revision with the most weight that is not the target; undefined when nothing else serves. */
export function otherServing(snapshot: ReconcileSnapshot): SplitEntry | undefined {
  return servingBeside(snapshot, snapshot.application.targetRevision)[0];
}

/** Revisions that have weight now. */
export function servingEntries(snapshot: ReconcileSnapshot): readonly SplitEntry[] {
  return (snapshot.effective?.variants ?? []).filter(({ weight }) => weight > 0);
}

export function findRevision(snapshot: ReconcileSnapshot, revision: number): RevisionFacts | undefined {
  return snapshot.revisions.find((candidate) => candidate.revision === revision);
}

/**
 * Pools of a target that is still on its way, which the revision before does not use. They may have requests already, where
 * there was no room for both, but they have not proven themselves: they are given up like any that cannot start.
 */
export function poolsOnTrial({ rollout, revisions, application }: ReconcileSnapshot): ReadonlySet<string> {
  if (rollout === null || rollout.endedAtMs !== null || rollout.toRevision !== application.targetRevision)
    return new Set();
  const poolsOf = (revision: number | null): string[] =>
    revisions.find((one) => one.revision === revision)?.deployments.map(({ poolId }) => poolId) ?? [];
  const before = new Set(poolsOf(rollout.fromRevision));
  return new Set(before.size === 0 ? [] : poolsOf(rollout.toRevision).filter((poolId) => !before.has(poolId)));
}
