import type { WeightedVariant } from "../traffic/traffic.ts";
import type { ApplicationVerdict, FailureHistory, PoolStatus, RolloutFacts } from "./snapshot.ts";

/** No traffic decision yet is the same as no variants. */
export function equalVariants(a: readonly WeightedVariant[], b: readonly WeightedVariant[]): boolean {
  return (
    a.length === b.length &&
    a.every((one) => b.some((other) => other.revision === one.revision && other.weight === one.weight))
  );
}

export function equalVerdicts(a: ApplicationVerdict, b: ApplicationVerdict | null): boolean {
  return (
    b !== null &&
    a.state === b.state &&
    a.message === b.message &&
    a.observedGeneration === b.observedGeneration &&
    a.servingRevisions.join() === b.servingRevisions.join()
  );
}

export function equalPoolStatuses(a: PoolStatus, b: PoolStatus | null): boolean {
  return (
    b !== null &&
    a.state === b.state &&
    a.message === b.message &&
    a.wantedReplicas === b.wantedReplicas &&
    a.readyReplicas === b.readyReplicas &&
    a.warmUntilMs === b.warmUntilMs &&
    equalHistories(a.failures, b.failures)
  );
}

/** A rollout whose only news is a clock is not written again. */
export function equalRollouts(a: RolloutFacts | null, b: RolloutFacts | null): boolean {
  if (a === null || b === null) return a === b;
  const keys = new Set([...Object.keys(a.numbers), ...Object.keys(b.numbers)]);
  return (
    a.generation === b.generation &&
    a.toRevision === b.toRevision &&
    a.fromRevision === b.fromRevision &&
    a.phase === b.phase &&
    a.message === b.message &&
    a.startedAtMs === b.startedAtMs &&
    a.endedAtMs === b.endedAtMs &&
    [...keys].every((key) => a.numbers[key] === b.numbers[key])
  );
}

function equalHistories(a: FailureHistory, b: FailureHistory): boolean {
  return (
    a.generation === b.generation &&
    a.count === b.count &&
    a.lastAtMs === b.lastAtMs &&
    a.everReady === b.everReady &&
    a.gaveUp === b.gaveUp &&
    a.lastError === b.lastError
  );
}
