import type { WeightedVariant } from "../traffic/traffic.ts";
import type { ApplicationVerdict, FailureHistory, PoolStatus } from "./snapshot.ts";

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
    equalHistories(a.failures, b.failures)
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
