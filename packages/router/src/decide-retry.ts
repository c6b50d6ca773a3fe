/** What became of a try, from the caller's side of the wire. */
export type TryOutcome =
  /** Connection refused or lost before the request was written. */
  | "never_written"
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
}

export interface RetryDecision {
  readonly retry: boolean;
  readonly reason: string;
}

const MAX_ATTEMPTS = 5;
const MAX_DEATHS = 2;
/** RFC 9110 9.2.1: they ask for nothing to change. */
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether a request may be sent to another replica. Without idempotence that is safe when no replica began to work on it;
 * a request that two dying replicas had is not given to a third, since it may be what kills them.
 */
export function decideRetry(facts: RetryFacts): RetryDecision {
  if (facts.responseStarted) return { retry: false, reason: "part of the answer was already sent" };
  if (facts.outcome === "rejected") return { retry: true, reason: "the replica had no free place" };
  if (facts.deaths >= MAX_DEATHS) {
    return { retry: false, reason: `${facts.deaths} replicas died with this request; it is not given to another` };
  }
  if (facts.attempts >= MAX_ATTEMPTS) return { retry: false, reason: `${facts.attempts} tries failed` };
  switch (facts.outcome) {
    case "never_written":
      return { retry: true, reason: "the request had not been written" };
    case "above_goaway":
      return { retry: true, reason: "the replica stopped before it took the request" };
    case "taken":
      return SAFE_METHODS.has(facts.method)
        ? { retry: true, reason: `${facts.method} may be repeated` }
        : { retry: false, reason: `the replica may have begun to work on it, and ${facts.method} may not be repeated` };
    default:
      return facts.outcome satisfies never;
  }
}
