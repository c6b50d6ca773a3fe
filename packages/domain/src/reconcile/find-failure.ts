import { intendedSplit } from "./intent.ts";
import { findRevision } from "./serving.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";
import type { PoolView } from "./view-pools.ts";

export interface GenerationFailure {
  readonly reason: string;
  /** Found now, so it has to be recorded. */
  readonly isNew: boolean;
}

/** Why what was wanted last cannot be brought into force; null while it may still succeed. */
export function findFailure(
  snapshot: ReconcileSnapshot,
  pools: readonly PoolView[],
  /** Why the rollout took too long; null when it did not. */
  standstill: string | null,
): GenerationFailure | null {
  const { application } = snapshot;
  if (application.deleting) return null;
  if (application.failedGeneration === application.updateGeneration) {
    return { reason: application.failedReason ?? "The deployment failed.", isNew: false };
  }
  for (const { revision } of intendedSplit(snapshot, false)) {
    const facts = findRevision(snapshot, revision);
    if (facts?.stage === "describe_failed") {
      return { reason: `Revision ${revision} could not be described: ${facts.stageMessage}`, isNew: true };
    }
  }
  const failed = pools.filter(({ failures }) => failures.replacement.kind === "giveUp");
  if (failed.length === 0) return standstill === null ? null : { reason: standstill, isNew: true };
  const names = [...new Set(failed.map(({ facts }) => facts.deployment))].join(", ");
  const why = failed.map(({ facts, failures }) => `${facts.deployment}: ${failures.replacement.reason}`).join(" ");
  return { reason: `Failed to update the deployments [${names}]. ${why}`, isNew: true };
}
