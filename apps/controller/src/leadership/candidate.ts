/**
 * Leads while it holds the lease, stands by otherwise. Losing the lease (or being unable to renew it in time) ends the
 * leadership before anybody else can begin one: work is stopped at two thirds of the lease's life.
 */
import { acquireLease, releaseLease, renewLease, type Database } from "@sluice/db";
import type { Logger } from "@sluice/observability";

export interface CandidateOptions {
  readonly database: Database;
  /** Unique per process life. */
  readonly holder: string;
  /** Internal HTTP address, for everybody who looks for the leader. */
  readonly address: string;
  readonly ttlMs: number;
  readonly logger: Logger;
  /** Begins to lead; the returned function ends it. */
  readonly lead: (epoch: number) => Promise<() => Promise<void>>;
}

export interface Candidate {
  /** Null while standing by. */
  epoch(): number | null;
  /** Ends leadership, gives the lease back. */
  stop(): Promise<void>;
}

interface Leadership {
  readonly epoch: number;
  readonly end: () => Promise<void>;
  renewedAtMs: number;
}

export function startCandidate(options: CandidateOptions): Candidate {
  const { database, holder, address, ttlMs, logger } = options;
  let leadership: Leadership | null = null;
  let isStopped = false;
  let complained = false;

  const tick = async (): Promise<void> => {
    try {
      if (leadership === null) await tryToLead();
      else await renew(leadership);
      complained = false;
    } catch (error) {
      if (!complained) logger.warn({ err: error }, "the lease cannot be reached; trying again");
      complained = true;
      if (leadership !== null && performance.now() - leadership.renewedAtMs > (ttlMs * 2) / 3)
        await resign("the lease could not be renewed");
    }
  };

  const tryToLead = async (): Promise<void> => {
    const askedAtMs = performance.now();
    const lease = await acquireLease(database, { holder, address, ttlMs });
    if (lease === null || isStopped) return;
    logger.info({ epoch: lease.epoch }, "this controller leads");
    leadership = { epoch: lease.epoch, end: await options.lead(lease.epoch), renewedAtMs: askedAtMs };
  };

  const renew = async (held: Leadership): Promise<void> => {
    const askedAtMs = performance.now();
    if (await renewLease(database, { holder, epoch: held.epoch, ttlMs })) held.renewedAtMs = askedAtMs;
    else await resign("another controller leads");
  };

  const resign = async (why: string): Promise<void> => {
    const ended = leadership;
    leadership = null;
    if (ended === null) return;
    logger.warn({ epoch: ended.epoch, reason: why }, "this controller no longer leads");
    await ended.end();
  };

  let pending = tick();
  const timer = setInterval(() => {
    pending = pending.then(() => (isStopped ? undefined : tick()));
  }, ttlMs / 6);

  return {
    epoch: () => leadership?.epoch ?? null,
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      await pending;
      const held = leadership;
      await resign("this controller stops");
      if (held !== null) await releaseLease(database, { holder, epoch: held.epoch });
    },
  };
}
