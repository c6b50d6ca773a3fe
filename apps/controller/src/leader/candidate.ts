/**
 * Leads while it holds the lease, stands by otherwise. Losing the lease (or being unable to renew it in time) ends the
 * leadership before anybody else can begin one: work is stopped at two thirds of the lease's life, by a clock that runs even
 * when the database neither answers nor fails.
 */
import { acquireLease, releaseLease, renewLease, type Database } from "@sluice/db";
import type { Logger } from "@sluice/observability";
import { within } from "../order/within.ts";

export interface CandidateOptions {
  readonly database: Database;
  /** Unique per process life. */
  readonly holder: string;
  /** Internal HTTP address, for everybody who looks for the leader. */
  readonly address: string;
  readonly ttlMs: number;
  readonly logger: Logger;
  /** Begins to lead; the returned function ends it. */
  readonly lead: (epoch: number) => () => Promise<void>;
}

export interface Candidate {
  /** Ends leadership, gives the lease back. */
  stop(): Promise<void>;
}

interface Held {
  readonly epoch: number;
  readonly end: () => Promise<void>;
  renewedAtMs: number;
}

/** What is left of a leadership after this long is fenced off by its epoch and not waited for. */
const endWithinMs = 5_000;

export function startCandidate({ database, holder, address, ttlMs, logger, lead }: CandidateOptions): Candidate {
  let held: Held | null = null;
  let ending: Promise<void> = Promise.resolve();
  let turn: Promise<void> | null = null;
  let isStopped = false;
  let complained = false;

  const takeTurn = async (): Promise<void> => {
    try {
      if (held === null) await tryToLead();
      else await renew(held);
      complained = false;
    } catch (error) {
      if (!complained) logger.warn({ err: error }, "the lease cannot be reached; trying again");
      complained = true;
    }
  };

  const tryToLead = async (): Promise<void> => {
    await ending;
    const askedAtMs = performance.now();
    const lease = await acquireLease(database, { holder, address, ttlMs });
    if (lease === null) return;
    if (isStopped) return await releaseLease(database, { holder, epoch: lease.epoch });
    logger.info({ epoch: lease.epoch }, "this controller leads");
    held = { epoch: lease.epoch, end: lead(lease.epoch), renewedAtMs: askedAtMs };
  };

  const renew = async (mine: Held): Promise<void> => {
    const askedAtMs = performance.now();
    const isMine = await renewLease(database, { holder, epoch: mine.epoch, ttlMs });
    if (isMine) mine.renewedAtMs = askedAtMs;
    else if (held === mine) await resign("another controller leads, or the lease ran out");
  };

  const resign = (why: string): Promise<void> => {
    const ended = held;
    held = null;
    if (ended === null) return ending;
    logger.warn({ epoch: ended.epoch, reason: why }, "this controller no longer leads");
    const end = ended.end().catch((error: unknown) => {
      logger.warn({ err: error, epoch: ended.epoch }, "a part of the leadership failed while it ended");
    });
    ending = within(end, endWithinMs).then((outcome) => {
      if (outcome === "late")
        logger.warn({ epoch: ended.epoch }, "the leadership did not end in time; its epoch fences it off");
    });
    return ending;
  };

  const next = (): void => {
    if (held !== null && performance.now() - held.renewedAtMs > (ttlMs * 2) / 3) {
      void resign("the lease could not be renewed in time");
    }
    turn ??= takeTurn().finally(() => (turn = null));
  };
  const timer = setInterval(next, ttlMs / 6);
  next();

  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      const mine = held;
      await resign("this controller stops");
      if (turn !== null) await within(turn, endWithinMs);
      if (mine === null) return;
      // Without the database the lease runs out by itself.
      const released = releaseLease(database, { holder, epoch: mine.epoch }).catch((error: unknown) => {
        logger.warn({ err: error }, "the lease was not given back; it runs out by itself");
      });
      await within(released, endWithinMs);
    },
  };
}
