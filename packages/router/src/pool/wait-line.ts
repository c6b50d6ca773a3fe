import type { DecisionCounts } from "./decision-counts.ts";
import { giveUpAtMs, isProbeDue, nextTryMs, wakeAtMs } from "./next-look.ts";
import type { PoolMembers } from "./pool-members.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import type { ReplicaChooser } from "./replica-chooser.ts";
import { WaitQueue } from "./wait-queue.ts";
import type { WaitRefusal, Waiter } from "./wait-queue.ts";
import { WakeTimer } from "./wake-timer.ts";

/** What the line works with. */
export interface WaitLineParts {
  readonly ports: RouterPorts;
  readonly members: PoolMembers;
  readonly chooser: ReplicaChooser;
  /** A waiter is held so long while no replica works. */
  readonly unavailableWaitMs: number;
  readonly refusals: DecisionCounts["refusals"];
}

/** The line of requests that found no free replica: first come, first served, each to a grant, a refusal or its own leaving. */
export class WaitLine {
  readonly #parts: WaitLineParts;
  readonly #queue = new WaitQueue();
  readonly #timer: WakeTimer;
  #isServing = false;
  #isClosed = false;

  constructor(parts: WaitLineParts) {
    this.#parts = parts;
    this.#timer = new WakeTimer(parts.ports, () => this.#onTime());
  }

  get size(): number {
    return this.#queue.size;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Joins at its place; may be served within this call. */
  join(waiter: Waiter, nowMs: number): void {
    waiter.joinedAtMs ??= nowMs;
    this.#queue.insert(waiter);
    this.serve();
    if (this.#queue.size > 0) this.#lookAt(Math.min(this.#wakeAtMs(waiter, nowMs), this.#nextTryMs(nowMs)));
  }

  /** False when it was not in line. */
  leave(waiter: Waiter): boolean {
    const wasWaiting = this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#timer.disarm();
    return wasWaiting;
  }

  /** Gives free places to waiters, oldest first; a waiter that excludes all free replicas lets the next one pass. */
  serve(): void {
    // A grant may release or join synchronously; the running loop sees that, a nested one would reorder.
    if (this.#isServing || this.#isClosed || this.#queue.size === 0) return;
    const { chooser, members, ports } = this.#parts;
    this.#isServing = true;
    try {
      while (this.#queue.size > 0 && members.hasRoom(ports.now())) {
        let replica: PoolReplica | undefined;
        const waiter = this.#queue.find((candidate) => {
          replica = chooser.pickFor(candidate);
          return replica !== undefined;
        });
        if (waiter === undefined || replica === undefined) break;
        this.#queue.remove(waiter);
        chooser.grant(replica, waiter);
        waiter.onGrant(replica);
      }
    } finally {
      this.#isServing = false;
    }
    if (this.#queue.size === 0) this.#timer.disarm();
  }

  /** Replicas changed: the next one that may be tried may come earlier than anything before. */
  lookAgain(): void {
    this.#lookAt(this.#nextTryMs(this.#parts.ports.now()));
  }

  /** No replica works any more: waiters are held for a limited time from now on. */
  startGivingUp(nowMs: number): void {
    this.#lookAt(nowMs + this.#parts.unavailableWaitMs);
  }

  /** Tells it why, and counts that. It is not in line (any more). */
  refuse(waiter: Waiter, refusal: WaitRefusal): void {
    this.#parts.refusals[refusal] += 1;
    waiter.onRefuse(refusal);
  }

  /** Refuses all. */
  close(): void {
    this.#isClosed = true;
    this.#timer.disarm();
    this.#refuseAll(this.#queue.list(), "closed");
  }

  #lookAt(atMs: number): void {
    if (!this.#isClosed && this.#queue.size > 0) this.#timer.armAt(atMs);
  }

  #onTime(): void {
    const { members, ports } = this.#parts;
    const nowMs = ports.now();
    const waiters = this.#queue.list();
    const isLate = (waiter: Waiter) => waiter.deadlineMs <= nowMs;
    const isHeldTooLong = (waiter: Waiter) => this.#giveUpAtMs(waiter) <= nowMs;
    this.#refuseAll(waiters.filter(isLate), "deadline");
    this.#refuseAll(waiters.filter(isHeldTooLong), "no_replica");
    for (const replica of members.list) {
      if (!isProbeDue(replica, nowMs)) continue;
      replica.credits = 1;
      replica.askedAtMs = nowMs;
    }
    this.serve();
    if (this.#queue.size === 0) return;
    const wakeAt = this.#queue.earliestMs((waiter) => this.#wakeAtMs(waiter, nowMs));
    this.#lookAt(Math.min(wakeAt, this.#nextTryMs(nowMs)));
  }

  #refuseAll(waiters: readonly Waiter[], refusal: WaitRefusal): void {
    for (const waiter of waiters) if (this.#queue.remove(waiter)) this.refuse(waiter, refusal);
  }

  /** `nowMs` from before the line was served: a replica that came back up since then is looked at at once, not never. */
  #nextTryMs(nowMs: number): number {
    return nextTryMs(this.#parts.members.list, nowMs);
  }

  #wakeAtMs(waiter: Waiter, nowMs: number): number {
    return wakeAtMs(waiter, nowMs, this.#giveUpAtMs(waiter));
  }

  #giveUpAtMs(waiter: Waiter): number {
    return giveUpAtMs(waiter, this.#parts.members.unavailableSinceMs, this.#parts.unavailableWaitMs);
  }
}
