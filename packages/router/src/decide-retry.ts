/** What became of a try, from the caller's side of the wire. */
export type TryOutcome =
  /** Connection refused or lost before the request was written. */
  | "never_written"
  /** The connection was lost, and the replica, which tells what it begins, had not begun with the request. */
  | "never_begun"
  /** The replica answered REJECT. */
  | "rejected"
  /** The replica said GOAWAY with a last id below this request's. */
  | "above_goaway"
  /** Anything else: the replica may have begun to work on it. */
  | "taken";

export interface RetryFacts {
  readonly outcome: TryOutcome;
  /** Tries so far, this one included; REJECTs do not count, they only wait. */
  readonly attempts: number;
  /** Replicas that died with this request on them. */
  readonly deaths: number;
  /** HTTP method, or `CALL` for a call between deployments. */
  readonly method: string;
  /** Part of the answer already went to the client. */
  readonly responseStarted: boolean;
  /** Part of the body was sent and is not kept, so it cannot be sent again. */
  readonly bodyGone?: boolean;
  /** Retries that the pool's budget still allows (`RetryBudget.left`); without it there is no limit. */
  readonly budgetLeft?: number;
}

/**
 * Why a request is tried again or not. Public: metrics labels, request inspector.
 *
 * Yes:
 * - `rejected`: the replica had no free place and ran nothing; the request waits for another place.
 * - `never_written`: the replica never saw it.
 * - `never_begun`: the replica was lost before it began to work on it.
 * - `above_goaway`: the replica stopped before it took it.
 * - `safe_method`: it may have run, but its method asks for nothing to change (RFC 9110 9.2.1).
 *
 * No:
 * - `response_started`: part of the answer is with the client.
 * - `body_gone`: part of the body was sent and is not kept.
 * - `two_deaths`: two replicas died with it; it may be what kills them.
 * - `attempts`: too many tries failed.
 * - `may_have_run`: the replica may have begun to work on it, and the method is not safe.
 * - `budget`: so much is being retried that one more would add to the overload.
 */
export type RetryReason =
  | "rejected"
  | "never_written"
  | "never_begun"
  | "above_goaway"
  | "safe_method"
  | "response_started"
  | "body_gone"
  | "two_deaths"
  | "attempts"
  | "may_have_run"
  | "budget";

export interface RetryDecision {
  readonly retry: boolean;
  readonly code: RetryReason;
  /** The same as a phrase for people. */
  readonly reason: string;
}

const MAX_ATTEMPTS = 5;
const MAX_DEATHS = 2;
/** RFC 9110 9.2.1: they ask for nothing to change. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request may be sent to another replica. Without idempotence that is safe when no replica began to work on it;
 * a request that two dying replicas had is not given to a third, since it may be what kills them. The budget binds whatever
 * makes a replica work twice, and repeated sending; the first resending of what no replica took is free, because it costs
 * no replica anything.
 */
export function decideRetry(facts: RetryFacts): RetryDecision {
  const { outcome, method, budgetLeft = Number.POSITIVE_INFINITY } = facts;
  if (facts.responseStarted) return no("response_started", "part of the answer was already sent");
  if (facts.bodyGone === true) return no("body_gone", "part of its body had been sent");
  if (outcome === "rejected") return yes("rejected", "the replica had no free place");
  if (facts.deaths >= MAX_DEATHS) {
    return no("two_deaths", `${facts.deaths} replicas died with this request; it is not given to another`);
  }
  if (facts.attempts >= MAX_ATTEMPTS) return no("attempts", `${facts.attempts} tries failed`);
  if (outcome === "taken" && !SAFE_METHODS.has(method)) {
    return no("may_have_run", `the replica may have begun to work on it, and ${method} may not be repeated`);
  }
  const isFree = outcome !== "taken" && facts.attempts <= 1;
  if (!isFree && budgetLeft < 1) return no("budget", "too many requests are being repeated already");
  switch (outcome) {
    case "never_written":
      return yes("never_written", "the request had not been written");
    case "never_begun":
      return yes("never_begun", "the replica was lost before it began to work on it");
    case "above_goaway":
      return yes("above_goaway", "the replica stopped before it took the request");
    case "taken":
      return yes("safe_method", `${method} may be repeated`);
    default:
      return outcome satisfies never;
  }
}

function yes(code: RetryReason, reason: string): RetryDecision {
  return { retry: true, code, reason };
}

function no(code: RetryReason, reason: string): RetryDecision {
  return { retry: false, code, reason };
}
