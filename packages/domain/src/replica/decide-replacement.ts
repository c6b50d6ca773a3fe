/** What is known about a pool's start-up failures. */
export interface ReplacementFacts {
  readonly failureCount: number;
  readonly lastFailureAtMs: number | null;
  readonly lastError: string | null;
  /** Some replica of the pool was ready once (in this generation). */
  readonly everReady: boolean;
  readonly wantedReplicas: number;
  readonly maxConstructorRetryCount: number;
}

export type ReplacementDecision =
  | { readonly kind: "now"; readonly reason: string }
  | { readonly kind: "later"; readonly atMs: number; readonly reason: string }
  | { readonly kind: "giveUp"; readonly reason: string };

const BACKOFF_FIRST_MS = 500;
const BACKOFF_MAX_MS = 30_000;
/** Ray's RAY_SERVE_MAX_PER_REPLICA_RETRY_COUNT. */
const RETRIES_PER_REPLICA = 3;

/** Wait after the n-th failure in a row: min(30 s, 0.5 s · 2^(n-1)). */
export function replacementBackoffMs(failureCount: number): number {
  return Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.max(0, failureCount - 1));
}

/** Failures a pool that was never ready may have: min(max_constructor_retry_count, 3 · wanted). */
export function failureLimit(facts: Pick<ReplacementFacts, "maxConstructorRetryCount" | "wantedReplicas">): number {
  return Math.max(1, Math.min(facts.maxConstructorRetryCount, RETRIES_PER_REPLICA * facts.wantedReplicas));
}

/** Whether a failed replica's place is filled now, later or no more. A pool that was ready once is never given up. */
export function decideReplacement(facts: ReplacementFacts, nowMs: number): ReplacementDecision {
  const { failureCount, lastFailureAtMs, everReady } = facts;
  if (failureCount === 0 || lastFailureAtMs === null) return { kind: "now", reason: "No start-up failed." };
  const error = facts.lastError ?? "no error text";
  const limit = failureLimit(facts);
  if (!everReady && failureCount >= limit) {
    const times = failureCount === 1 ? "once" : `${failureCount} times`;
    return {
      kind: "giveUp",
      reason: `No replica became ready; starting failed ${times} (limit ${limit}). Last error: ${error}`,
    };
  }
  const atMs = lastFailureAtMs + replacementBackoffMs(failureCount);
  const which = everReady ? `Failure ${failureCount} in a row` : `Failure ${failureCount} of at most ${limit}`;
  if (nowMs >= atMs) return { kind: "now", reason: `${which}: trying again. Last error: ${error}` };
  const waitS = Math.round((atMs - nowMs) / 100) / 10;
  return { kind: "later", atMs, reason: `${which}: next try in ${waitS} s. Last error: ${error}` };
}
