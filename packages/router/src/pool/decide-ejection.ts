/** How a replica failed a request, from the caller's side. */
export type FailureKind =
  /** It could not be reached: connection refused, or lost before it had begun with the request. */
  | "unreachable"
  /** Its connection broke with the request on it; over HTTP, a 5xx of the transport. */
  | "lost";

/**
 * Why a replica was ejected or not. Public: metrics labels, request inspector.
 * - `unreachable`: it refused the connection; there is nothing to send to.
 * - `failures_in_a_row`: it lost so many requests without one answer between them.
 * - `last_one`: the same, but no other replica is up: for the base time only, so that it is soon tried again.
 * - `below_threshold`: too few failures in a row to say that it is the replica.
 * - `share_reached`: so many are ejected already that more would overload the rest.
 * - `already_ejected`: requests that were on it as it failed tell nothing new.
 */
export type EjectionReason =
  "unreachable" | "failures_in_a_row" | "last_one" | "below_threshold" | "share_reached" | "already_ejected";

export interface EjectionFacts {
  readonly kind: FailureKind;
  /** Failures since the last answer, this one included. */
  readonly failures: number;
  /** Times it was ejected lately. */
  readonly ejections: number;
  readonly isEjected: boolean;
  readonly replicas: number;
  /** Others of the pool that are ejected or on trial now. */
  readonly otherEjected: number;
  /** Uniform in [0, 1): spreads the probes of many routers. */
  readonly u: number;
}

export interface EjectionPolicy {
  /** Requests that a replica loses in a row before it is ejected; one refused connection is enough. */
  readonly lostInARow: number;
  readonly baseMs: number;
  readonly maxMs: number;
  /** At most this share of a pool, but always one replica, is ejected for losing requests. */
  readonly maxShare: number;
  /** So long after its last ejection a replica starts anew with the base time. */
  readonly forgetAfterMs: number;
}

/** Shorter than Envoy's (5 in a row, 30 s base, 300 s), because a controller replaces what is dead; the method is the same. */
export const defaultEjectionPolicy: EjectionPolicy = {
  lostInARow: 3,
  baseMs: 1_000,
  maxMs: 10_000,
  maxShare: 0.5,
  forgetAfterMs: 60_000,
};

export interface EjectionDecision {
  readonly eject: boolean;
  /** Time without requests; 0 without ejection. */
  readonly forMs: number;
  readonly reason: EjectionReason;
}

/**
 * Whether a replica that failed gets no requests for a while. Time = min(max, base x 2^ejections) x (1 + u / 4), as outlier
 * ejection of Envoy grows with the number of ejections, plus jitter; afterwards one request probes it. A replica that
 * refuses connections is ejected whatever its share, since it cannot take requests anyway, but over the share for the base
 * time only; so is the last one that was up.
 */
export function decideEjection(facts: EjectionFacts, policy: EjectionPolicy = defaultEjectionPolicy): EjectionDecision {
  if (facts.isEjected) return { eject: false, forMs: 0, reason: "already_ejected" };
  if (facts.kind === "lost" && facts.failures < policy.lostInARow) {
    return { eject: false, forMs: 0, reason: "below_threshold" };
  }
  const spreadBy = 1 + facts.u / 4;
  if (facts.otherEjected >= facts.replicas - 1)
    return { eject: true, forMs: policy.baseMs * spreadBy, reason: "last_one" };
  const isOverShare = facts.otherEjected + 1 > Math.max(1, Math.floor(facts.replicas * policy.maxShare));
  if (isOverShare && facts.kind === "lost") return { eject: false, forMs: 0, reason: "share_reached" };
  const grownMs = isOverShare ? policy.baseMs : Math.min(policy.maxMs, policy.baseMs * 2 ** facts.ejections);
  return {
    eject: true,
    forMs: grownMs * spreadBy,
    reason: facts.kind === "unreachable" ? "unreachable" : "failures_in_a_row",
  };
}
