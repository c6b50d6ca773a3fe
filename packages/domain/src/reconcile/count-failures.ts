import { decideReplacement } from "../replica/decide-replacement.ts";
import type { ReplacementDecision } from "../replica/decide-replacement.ts";
import type { Action } from "./action.ts";
import { countReady, countUsable } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import type { FailureHistory, PoolStatus, ReplicaFacts } from "./snapshot.ts";

/** A replica that dies sooner after it became ready counts like one that never did: it is in a crash loop. */
const STABLE_AFTER_MS = 10_000;

export interface FailureCount {
  readonly history: FailureHistory;
  /** May missing replicas be created, and when. */
  readonly replacement: ReplacementDecision;
  /** Failures seen for the first time. */
  readonly fresh: readonly ReplicaFacts[];
  readonly actions: readonly Action[];
}

export interface FailureFacts {
  readonly generation: number;
  readonly previous: PoolStatus | null;
  readonly groups: ReplicaGroups;
  readonly wantedReplicas: number;
  readonly maxConstructorRetryCount: number;
  /** The pool carries requests now: it is never given up. */
  readonly isInForce: boolean;
}

/** Takes new failures into the pool's history, once each, and says whether to go on trying. */
export function countFailures(facts: FailureFacts, nowMs: number): FailureCount {
  const fresh = facts.groups.ended.filter((replica) => replica.stage === "failed" && !replica.failureCounted);
  const actions = fresh.map((replica): Action => ({
    kind: "noteFailure",
    replicaId: replica.replicaId,
    reason: failureText(replica),
  }));
  const before = historyOf(facts);
  if (facts.wantedReplicas === 0) {
    const replacement = { kind: "now", reason: "no replica is wanted" } as const;
    return { history: before, replacement, fresh, actions };
  }
  const readyNow = countUsable(facts.groups);
  const isWhole = countReady(facts.groups.active) >= facts.wantedReplicas;
  const history = fresh.reduce((sum, replica) => addFailure(sum, replica, nowMs), {
    ...before,
    everReady: before.everReady || readyNow > 0 || fresh.some(({ stageTimes }) => stageTimes.ready !== undefined),
    ...(isWhole ? { count: 0, lastAtMs: null, lastError: null, gaveUp: false } : {}),
  });
  const replacement = decideReplacement(
    {
      failureCount: history.count,
      lastFailureAtMs: history.lastAtMs,
      lastError: history.lastError,
      everReady: history.everReady || facts.isInForce,
      wantedReplicas: facts.wantedReplicas,
      maxConstructorRetryCount: facts.maxConstructorRetryCount,
    },
    nowMs,
  );
  const gaveUp = replacement.kind === "giveUp";
  return { history: { ...history, gaveUp }, replacement, fresh, actions };
}

/** A new generation (PUT, rollback, split) tries anew with a clean history. */
function historyOf({ generation, previous }: FailureFacts): FailureHistory {
  const failures = previous?.failures;
  if (failures?.generation === generation) return failures;
  return { generation, count: 0, lastAtMs: null, everReady: false, gaveUp: false, lastError: null };
}

function addFailure(history: FailureHistory, replica: ReplicaFacts, nowMs: number): FailureHistory {
  const { ready, failed, draining } = replica.stageTimes;
  // Killed at the end of its drain: it was to go anyway.
  if (draining !== undefined) return history;
  const failedAtMs = failed ?? nowMs;
  const lastError = failureText(replica);
  if (ready !== undefined && failedAtMs - ready >= STABLE_AFTER_MS) return { ...history, lastError };
  return { ...history, count: history.count + 1, lastAtMs: Math.max(history.lastAtMs ?? 0, failedAtMs), lastError };
}

/** How a replica ended, as a person reads it. */
export function failureText({ lastError, message }: ReplicaFacts): string {
  if (lastError !== null && lastError !== "") return lastError;
  return message === "" ? "failed without a message" : message;
}
