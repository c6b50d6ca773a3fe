import type { Backend, PoolLoad, RoutedPool } from "@sluice/contracts";
import { pickReplica } from "./pick-replica.ts";
import type { PickLimits } from "./pick-replica.ts";
import { createPoolReplica, hasRoom } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import { WaitQueue } from "./wait-queue.ts";
import type { WaitRefusal, Waiter } from "./wait-queue.ts";

/** A saturated replica whose SLOT got lost is tried again by one waiter after this time. */
const PROBE_AFTER_MS = 250;

/**
 * One router's view of one pool: counts of what it sent, and the line of requests that found no free replica.
 *
 * Invariants: `sent` of a replica never exceeds max_ongoing_requests; a newcomer never overtakes a waiter that could take
 * the same replica; every waiter ends in exactly one of grant, refusal or cancel; one freed place wakes one waiter.
 * Every grant must be paid back by exactly one of `release`, `reject` or `abandon`.
 */
export class PoolRouter {
  readonly poolId: string;
  readonly #ports: RouterPorts;
  readonly #queue = new WaitQueue();
  #replicas: PoolReplica[] = [];
  /** Every replica that is in the slice or still has requests of ours. */
  readonly #byId = new Map<string, PoolReplica>();
  readonly #leaving = new Set<PoolReplica>();
  #maxOngoing: number;
  #maxQueued: number;
  readonly #limits: PickLimits = { maxOngoing: 0, nowMs: 0, excluded: null };
  #nextOrder = 0;
  #isClosed = false;
  #isServing = false;
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(pool: RoutedPool, ports: RouterPorts) {
    this.poolId = pool.poolId;
    this.#ports = ports;
    this.#maxOngoing = pool.maxOngoingRequests;
    this.#maxQueued = pool.maxQueuedRequests;
    this.update(pool);
  }

  get replicaCount(): number {
    return this.#replicas.length;
  }

  /** True after `close`: it grants nothing any more. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get queued(): number {
    return this.#queue.size;
  }

  /** Takes the pool's newest state; new replicas and higher limits wake waiters. */
  update(pool: Pick<RoutedPool, "backends" | "maxOngoingRequests" | "maxQueuedRequests">): void {
    this.#maxOngoing = pool.maxOngoingRequests;
    this.#maxQueued = pool.maxQueuedRequests;
    const wanted = new Map(pool.backends.map((backend) => [backend.replicaId, backend]));
    for (const replica of this.#replicas) if (!wanted.has(replica.replicaId)) this.#take(replica);
    this.#replicas = pool.backends.map((backend) => this.#place(backend));
    this.#serve();
  }

  /**
   * A replica at once, with nothing allocated, or undefined: then `wait`. A newcomer never overtakes those in line.
   */
  tryAcquire(waiter: Waiter): PoolReplica | undefined {
    if (this.#isClosed || this.#queue.size > 0) return undefined;
    const replica = this.#pick(waiter.excluded);
    if (replica === undefined) return undefined;
    if (waiter.order < 0) waiter.order = this.#nextOrder++;
    this.#grant(replica);
    return replica;
  }

  /**
   * Joins the line, or is granted or refused within this call. A request that had a replica before (REJECT, death of the
   * replica) comes back with the same waiter: it takes its old place and is exempt from max_queued_requests.
   */
  wait(waiter: Waiter): void {
    if (this.#isClosed) return waiter.onRefuse("closed");
    const replica = this.tryAcquire(waiter);
    if (replica !== undefined) return waiter.onGrant(replica);
    const isNew = waiter.order < 0;
    if (isNew && this.#maxQueued >= 0 && this.#queue.size >= this.#maxQueued) return waiter.onRefuse("queue_full");
    if (waiter.deadlineMs <= this.#ports.now()) return waiter.onRefuse("deadline");
    if (isNew) waiter.order = this.#nextOrder++;
    this.#queue.insert(waiter);
    this.#serve();
    if (this.#queue.size > 0) this.#armAt(Math.min(waiter.deadlineMs, this.#nextTryMs()));
  }

  /** The client went away. False when the waiter was not in line (it has a replica, or an end). */
  cancel(waiter: Waiter): boolean {
    const wasWaiting = this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#disarm();
    return wasWaiting;
  }

  /** The request ended (answer, error, cancel): its place is free. */
  release(replica: PoolReplica): void {
    this.#pay(replica);
    if (replica.saturated) replica.credits += 1;
    if (this.#queue.size > 0) this.#serve();
    if (replica.saturated) this.#relax(replica);
  }

  /** The replica said REJECT with its number of ongoing requests; the request goes back to `wait`. */
  reject(replica: PoolReplica, ongoing: number): void {
    this.#pay(replica);
    replica.saturated = true;
    replica.askedAtMs = this.#ports.now();
    replica.credits = 0;
    replica.others = Math.max(0, ongoing - replica.sent);
    this.#armAt(this.#nextTryMs());
  }

  /** The replica said SLOT: one place is free for this router. */
  announceSlot(replicaId: string): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined || !replica.saturated) return;
    replica.credits += 1;
    replica.others = Math.max(0, replica.others - 1);
    this.#serve();
    this.#relax(replica);
  }

  /** The replica died or its connection broke with the request on it. */
  abandon(replica: PoolReplica): void {
    this.#pay(replica);
    this.#serve();
  }

  /** Leaves a replica alone for a while (connection refused or lost). */
  markDown(replicaId: string, forMs: number): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined) return;
    replica.downUntilMs = this.#ports.now() + forMs;
    this.#armAt(this.#nextTryMs());
  }

  /** The connection stands (again): what its former self said of saturation is void. */
  markUp(replicaId: string): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined) return;
    replica.downUntilMs = 0;
    this.#trust(replica);
    this.#serve();
  }

  /** For the gauge stream: T of the autoscaler is the sum of queued + sent over routers. */
  load(): PoolLoad {
    let sent = 0;
    for (const replica of this.#byId.values()) sent += replica.sent;
    for (const replica of this.#leaving) sent += replica.sent;
    return { poolId: this.poolId, queued: this.#queue.size, sent };
  }

  /** Refuses all waiters; running requests still pay back. */
  close(): void {
    this.#isClosed = true;
    this.#disarm();
    this.#refuse(this.#queue.list(), "closed");
  }

  #place(backend: Backend): PoolReplica {
    const known = this.#byId.get(backend.replicaId);
    if (known !== undefined) {
      known.backend = backend;
      return known;
    }
    const replica = createPoolReplica(backend);
    this.#byId.set(backend.replicaId, replica);
    return replica;
  }

  #take(replica: PoolReplica): void {
    replica.removed = true;
    this.#byId.delete(replica.replicaId);
    if (replica.sent > 0) this.#leaving.add(replica);
  }

  #pick(excluded: ReadonlySet<string> | null): PoolReplica | undefined {
    const limits = this.#limits;
    limits.maxOngoing = this.#maxOngoing;
    limits.nowMs = this.#ports.now();
    // Better another replica; but when the pool has no other, waiting for one could be for ever.
    limits.excluded = excluded !== null && this.#hasOtherThan(excluded) ? excluded : null;
    return pickReplica(this.#replicas, limits, this.#ports.random(), this.#ports.random());
  }

  #hasOtherThan(excluded: ReadonlySet<string>): boolean {
    return this.#replicas.some(({ replicaId }) => !excluded.has(replicaId));
  }

  #grant(replica: PoolReplica): void {
    replica.sent += 1;
    if (replica.saturated) replica.credits -= 1;
  }

  #pay(replica: PoolReplica): void {
    if (replica.sent <= 0) throw new Error(`Replica ${replica.replicaId} was paid back more often than granted`);
    replica.sent -= 1;
    if (replica.removed && replica.sent === 0) this.#leaving.delete(replica);
  }

  /** Nobody waits any more: saturation is over, the next burst will find out anew. */
  #relax(replica: PoolReplica): void {
    if (this.#queue.size === 0) this.#trust(replica);
  }

  #trust(replica: PoolReplica): void {
    replica.saturated = false;
    replica.credits = 0;
    replica.others = 0;
  }

  /** Gives free places to waiters, oldest first; a waiter that excludes all free replicas lets the next one pass. */
  #serve(): void {
    // A grant may release or join synchronously; the running loop sees that, a nested one would reorder.
    if (this.#isServing || this.#isClosed) return;
    this.#isServing = true;
    try {
      while (this.#queue.size > 0 && this.#hasRoomSomewhere()) {
        let replica: PoolReplica | undefined;
        const waiter = this.#queue.find((candidate) => {
          replica = this.#pick(candidate.excluded);
          return replica !== undefined;
        });
        if (waiter === undefined || replica === undefined) break;
        this.#queue.remove(waiter);
        this.#grant(replica);
        waiter.onGrant(replica);
      }
    } finally {
      this.#isServing = false;
    }
    if (this.#queue.size === 0) this.#disarm();
  }

  #hasRoomSomewhere(): boolean {
    const nowMs = this.#ports.now();
    return this.#replicas.some((replica) => hasRoom(replica, this.#maxOngoing, nowMs));
  }

  /** When a replica that gets nothing now may be tried again: it was down, or its SLOT may be lost. */
  #nextTryMs(): number {
    const nowMs = this.#ports.now();
    let atMs = Number.POSITIVE_INFINITY;
    for (const replica of this.#replicas) {
      if (replica.downUntilMs > nowMs) atMs = Math.min(atMs, replica.downUntilMs);
      else if (replica.saturated && replica.credits <= 0) {
        atMs = Math.min(atMs, replica.askedAtMs + PROBE_AFTER_MS);
      }
    }
    return atMs;
  }

  /** One timer for whatever comes first, deadline or next try. It may fire in vain, never too late. */
  #armAt(atMs: number): void {
    if (this.#isClosed || this.#queue.size === 0 || atMs >= this.#timerAtMs) return;
    this.#disarm();
    this.#timerAtMs = atMs;
    this.#cancelTimer = this.#ports.after(Math.max(0, atMs - this.#ports.now()), () => this.#onTimer());
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
  }

  #onTimer(): void {
    this.#cancelTimer = undefined;
    this.#timerAtMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#ports.now();
    this.#refuse(
      this.#queue.list().filter((waiter) => waiter.deadlineMs <= nowMs),
      "deadline",
    );
    for (const replica of this.#replicas) {
      if (!replica.saturated || replica.credits > 0 || nowMs - replica.askedAtMs < PROBE_AFTER_MS) continue;
      replica.credits = 1;
      replica.askedAtMs = nowMs;
    }
    this.#serve();
    this.#armAt(Math.min(this.#queue.earliestDeadlineMs(), this.#nextTryMs()));
  }

  #refuse(waiters: readonly Waiter[], refusal: WaitRefusal): void {
    for (const waiter of waiters) if (this.#queue.remove(waiter)) waiter.onRefuse(refusal);
  }
}
