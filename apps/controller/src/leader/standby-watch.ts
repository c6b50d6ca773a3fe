/**
 * What a controller that stands by can say for sure. Whoever asks it has often just lost the leader, so the lease alone is no
 * answer: it names a dead leader until it runs out. An answer is given once the leader was seen alive after the question, or
 * this controller leads itself. So peers wait here, connected, for the takeover, instead of dialling in circles.
 */
import { setTimeout as wait } from "node:timers/promises";
import type { ControllerLease, ControllerPlace } from "@sluice/db";
import { within } from "../order/within.ts";

export interface LeaderPlace {
  /** Internal HTTP address. */
  readonly address: string;
  /** Its door for nodes on other machines; null without one, undefined where it did not say (yet). */
  readonly nodeUrl: string | null | undefined;
}

export type StandbyNews =
  | { readonly kind: "leads_here" }
  | { readonly kind: "leads_elsewhere"; readonly leader: LeaderPlace }
  | { readonly kind: "nobody" };

export interface StandbyWatchOptions {
  readonly isLeading: () => boolean;
  readonly readLease: () => Promise<ControllerLease | null>;
  readonly readPlaces: () => Promise<readonly ControllerPlace[]>;
  /** Between two looks at the lease, while anybody waits. */
  readonly everyMs?: number;
  /** A look that the database does not answer for so long has seen nothing. */
  readonly lookWithinMs?: number;
  /** Then the lease is believed as it stands. */
  readonly patienceMs?: number;
}

interface Waiter {
  readonly untilMs: number;
  /** Of the lease at the first look after the question. */
  first: { readonly epoch: number; readonly expiresAtMs: number } | null;
  readonly settle: (news: StandbyNews) => void;
}

export class StandbyWatch {
  readonly #options: StandbyWatchOptions;
  readonly #waiters = new Set<Waiter>();
  readonly #closed = new AbortController();
  #isWatching = false;

  constructor(options: StandbyWatchOptions) {
    this.#options = options;
  }

  /** Never rejects. One look at a time serves all who wait. */
  ask(): Promise<StandbyNews> {
    if (this.#options.isLeading()) return Promise.resolve({ kind: "leads_here" });
    if (this.#closed.signal.aborted) return Promise.resolve({ kind: "nobody" });
    return new Promise((settle) => {
      const untilMs = performance.now() + (this.#options.patienceMs ?? 10_000);
      this.#waiters.add({ untilMs, first: null, settle });
      if (!this.#isWatching) void this.#watch();
    });
  }

  /** A look that the database does not answer is not waited for. */
  close(): void {
    this.#closed.abort();
    this.#settleAll({ kind: "nobody" });
  }

  async #watch(): Promise<void> {
    const { signal } = this.#closed;
    this.#isWatching = true;
    while (this.#waiters.size > 0 && !signal.aborted) {
      // Who asks during the look is served by the next one: this one may have seen the lease before the question.
      const asked = [...this.#waiters];
      await this.#look(asked);
      if (this.#waiters.size > 0)
        await wait(this.#options.everyMs ?? 250, undefined, { signal }).catch(() => undefined);
    }
    this.#isWatching = false;
  }

  async #look(asked: readonly Waiter[]): Promise<void> {
    const { isLeading, readLease, readPlaces } = this.#options;
    // While the database is silent nothing is known; patience ends that. The lease says who leads also where places are not known.
    const [lease, places] = await Promise.all([this.#ifAnswered(readLease), this.#ifAnswered(readPlaces)]);
    if (isLeading()) return this.#settleAll({ kind: "leads_here" });
    const leader = lease?.isHeld === true ? lease : null;
    const news: StandbyNews =
      leader === null
        ? { kind: "nobody" }
        : {
            kind: "leads_elsewhere",
            leader: {
              address: leader.address,
              nodeUrl: places?.find(({ holder }) => holder === leader.holder)?.nodeUrl,
            },
          };
    for (const waiter of asked) {
      if (isSeenAlive(waiter, leader) || performance.now() >= waiter.untilMs) this.#settle(waiter, news);
    }
  }

  async #ifAnswered<T>(read: () => Promise<T>): Promise<T | null> {
    const answer = await within(read(), this.#options.lookWithinMs ?? 2_000).catch(() => null);
    return answer === "late" ? null : answer;
  }

  #settle(waiter: Waiter, news: StandbyNews): void {
    if (this.#waiters.delete(waiter)) waiter.settle(news);
  }

  #settleAll(news: StandbyNews): void {
    for (const waiter of [...this.#waiters]) this.#settle(waiter, news);
  }
}

/** A lease that was taken or renewed since the first look: its holder lives. */
function isSeenAlive(waiter: Waiter, lease: ControllerLease | null): boolean {
  if (lease === null) return false;
  const { first } = waiter;
  waiter.first ??= lease;
  return first !== null && (lease.epoch !== first.epoch || lease.expiresAtMs > first.expiresAtMs);
}
