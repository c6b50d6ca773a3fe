export interface RetryBudgetPolicy {
  /** Retries allowed per request. */
  readonly ratio: number;
  /** Retries allowed per second in any case, so that a quiet router can retry too. */
  readonly floorPerS: number;
  readonly windowS: number;
}

/** Finagle's and Linkerd's defaults. */
export const defaultRetryBudget: RetryBudgetPolicy = { ratio: 0.2, floorPerS: 10, windowS: 10 };

const SLOT_MS = 1_000;

/**
 * How many retries may still be made: left = ratio x requests + floor x window - retries, all three over the last `windowS`
 * seconds (RetryBudget of Twitter's Finagle: `percentCanRetry`, `minRetriesPerSec`, `ttl`). When a whole pool fails, retries
 * add at most `ratio` to its load instead of multiplying it.
 *
 * Requests are many and retries few, so a request costs nothing here: their total is given with each question, and what came
 * since the last question counts as spread evenly over that time. Counted in slots of one second.
 */
export class RetryBudget {
  readonly #policy: RetryBudgetPolicy;
  readonly #requests: Float64Array;
  readonly #retries: Float64Array;
  #slot = 0;
  #slotEndMs: number | undefined;
  #askedAtMs = 0;
  #seenRequests = 0;

  constructor(policy: RetryBudgetPolicy = defaultRetryBudget) {
    this.#policy = policy;
    this.#requests = new Float64Array(policy.windowS);
    this.#retries = new Float64Array(policy.windowS);
  }

  /** Retries left; one may be made when it is at least 1. `totalRequests`: first tries since the beginning. */
  left(nowMs: number, totalRequests: number): number {
    this.#turn(nowMs, totalRequests - this.#seenRequests);
    this.#askedAtMs = nowMs;
    this.#seenRequests = totalRequests;
    const { ratio, floorPerS, windowS } = this.#policy;
    return ratio * sum(this.#requests) + floorPerS * windowS - sum(this.#retries);
  }

  /** A retry is made, now: right after `left`. */
  countRetry(): void {
    this.#retries[this.#slot] = (this.#retries[this.#slot] ?? 0) + 1;
  }

  /** Goes to the slot of `nowMs`, spreading the new requests; what falls out of the window is forgotten. */
  #turn(nowMs: number, newRequests: number): void {
    const { windowS } = this.#policy;
    this.#slotEndMs ??= nowMs + SLOT_MS;
    const sinceMs = nowMs - this.#askedAtMs;
    let spreadTo = this.#askedAtMs;
    while (nowMs >= this.#slotEndMs) {
      this.#add(newRequests, this.#slotEndMs - spreadTo, sinceMs);
      spreadTo = this.#slotEndMs;
      // After a long silence whole windows would pass slot by slot: what they held is forgotten anyway.
      const skippedMs = Math.max(0, Math.floor((nowMs - this.#slotEndMs) / SLOT_MS) - windowS) * SLOT_MS;
      spreadTo += skippedMs;
      this.#slotEndMs += skippedMs + SLOT_MS;
      this.#slot = (this.#slot + 1) % windowS;
      this.#requests[this.#slot] = 0;
      this.#retries[this.#slot] = 0;
    }
    this.#add(newRequests, nowMs - spreadTo, sinceMs);
  }

  #add(newRequests: number, partMs: number, wholeMs: number): void {
    const share = wholeMs > 0 ? partMs / wholeMs : 1;
    this.#requests[this.#slot] = (this.#requests[this.#slot] ?? 0) + newRequests * share;
  }
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
