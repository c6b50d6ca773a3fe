/** When a line that waits must be looked at again, although nobody says anything. Pure. */
import type { PoolReplica } from "./pool-replica.ts";
import type { Waiter } from "./wait-queue.ts";

/** A saturated replica whose SLOT got lost is tried again by one waiter after this time. */
const PROBE_AFTER_MS = 250;

/** When a replica that gets nothing now may be tried again: it was down, or its SLOT may be lost. */
export function nextTryMs(replicas: readonly PoolReplica[], nowMs: number): number {
  let atMs = Number.POSITIVE_INFINITY;
  for (const replica of replicas) {
    if (replica.downUntilMs > nowMs) atMs = Math.min(atMs, replica.downUntilMs);
    else if (replica.saturated && replica.credits <= 0) {
      atMs = Math.min(atMs, replica.askedAtMs + PROBE_AFTER_MS);
    }
  }
  return atMs;
}

/** True when it has told nothing for so long that its SLOT may be lost. */
export function isProbeDue(replica: PoolReplica, nowMs: number): boolean {
  return replica.saturated && replica.credits <= 0 && nowMs - replica.askedAtMs >= PROBE_AFTER_MS;
}

/**
 * While nothing works a waiter is held for a limited time, counted from when it came or the last replica failed. `sinceMs`: since when
 * nothing works, Infinity while something does.
 */
export function giveUpAtMs({ joinedAtMs = 0 }: Waiter, sinceMs: number, holdMs: number): number {
  return sinceMs === Number.POSITIVE_INFINITY ? sinceMs : Math.max(joinedAtMs, sinceMs) + holdMs;
}

/** When this waiter must be looked at, whatever replicas do. */
export function wakeAtMs(waiter: Waiter, nowMs: number, giveUpMs: number): number {
  const { matchUntilMs = 0, deadlineMs } = waiter;
  const matchAtMs = matchUntilMs > nowMs ? matchUntilMs : Number.POSITIVE_INFINITY;
  return Math.min(deadlineMs, matchAtMs, giveUpMs);
}
