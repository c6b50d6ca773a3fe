/**
 * When a router tells its load, that of a gateway or of the handles in a replica: each half second, and at once when requests begin to wait, so that a scale-up begins with the first
 * of them. Queues are looked at from outside, so that a request pays nothing for it.
 */
import type { PoolLoad } from "@sluice/contracts";

/** One pool as the router counts it. */
export interface CountedPool {
  readonly poolId: string;
  readonly queued: number;
  /** Replicas known, busy or not. */
  readonly replicaCount: number;
}

/** Fewer newcomers than this are no jump: the next regular report tells them. */
const jump = 4;

/**
 * The first request waits for a pool that has no replicas (a cold start), or a queue has at least doubled since it was told,
 * by four or more.
 */
export function isUrgent(pools: Iterable<CountedPool>, toldQueued: ReadonlyMap<string, number>): boolean {
  for (const { poolId, queued, replicaCount } of pools) {
    if (queued === 0) continue;
    const told = toldQueued.get(poolId) ?? 0;
    if (replicaCount === 0 && told === 0) return true;
    if (queued - told >= Math.max(jump, told)) return true;
  }
  return false;
}

export interface LoadReportsOptions {
  readonly pools: { all(): Iterable<CountedPool>; load(): PoolLoad[] };
  /** False = the link is down, nothing was told. */
  readonly send: (pools: PoolLoad[]) => boolean;
  /** Milliseconds between regular reports, and between looks at the queues. */
  readonly everyMs: number;
  readonly lookEveryMs: number;
  readonly now: () => number;
}

export class LoadReports {
  readonly #options: LoadReportsOptions;
  readonly #timer: ReturnType<typeof setInterval>;
  #toldQueued = new Map<string, number>();
  #toldAtMs = Number.NEGATIVE_INFINITY;

  constructor(options: LoadReportsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), options.lookEveryMs);
  }

  /** Tells everything now: a controller that was just reached knows nothing. */
  tell(): void {
    const { pools, send, now } = this.#options;
    const load = pools.load();
    if (!send(load)) return;
    this.#toldAtMs = now();
    // What is counted and not told (a pool that left the slices) was looked at, too: it is no news at the next look.
    const seen = [...pools.all()];
    this.#toldQueued = new Map([...seen, ...load].map(({ poolId, queued }) => [poolId, queued]));
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const { pools, everyMs, lookEveryMs, now } = this.#options;
    // Half a look early is better than a whole one late.
    const isDue = now() - this.#toldAtMs >= everyMs - lookEveryMs / 2;
    if (isDue || isUrgent(pools.all(), this.#toldQueued)) this.tell();
  }
}
