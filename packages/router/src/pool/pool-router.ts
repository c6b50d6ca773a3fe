import type { Backend, PoolLoad, RoutedPool } from "@sluice/contracts";
import { decideRetry } from "../decide-retry.ts";
import type { RetryDecision, RetryFacts } from "../decide-retry.ts";
import { RetryBudget } from "../retry-budget.ts";
import { decideAdmission } from "./decide-admission.ts";
import { decideEjection } from "./decide-ejection.ts";
import type { EjectionDecision, FailureKind } from "./decide-ejection.ts";
import { countPick, startCounts } from "./decision-counts.ts";
import type { DecisionCounts } from "./decision-counts.ts";
import { pickReplica } from "./pick-replica.ts";
import type { NoPickReason, PickLimits, PickReason, PickResult } from "./pick-replica.ts";
import { createPoolReplica, hasRoom } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import { defaultRouterOptions } from "./router-options.ts";
import type { RouterOptions } from "./router-options.ts";
import { WaitQueue } from "./wait-queue.ts";
import type { WaitRefusal, Waiter } from "./wait-queue.ts";

/** A saturated replica whose SLOT got lost is tried again by one waiter after this time. */
const PROBE_AFTER_MS = 250;

/** Model ids come from clients: so many are remembered per replica at most, the oldest go first. */
const MAX_MODELS_REMEMBERED = 1_024;

/**
 * One router's view of one pool: counts of what it sent, and the line of requests that found no free replica.
 *
 * Invariants: `sent` of a replica never exceeds max_ongoing_requests; a newcomer never overtakes a waiter that could take
 * the same replica; every waiter ends in exactly one of grant, refusal or cancel; one freed place wakes one waiter.
 * Every grant must be paid back by exactly one of `release`, `reject`, `fail` or `abandon`.
 */
export class PoolRouter {
  readonly poolId: string;
  /** What was decided so far and why. */
  readonly counts: DecisionCounts = startCounts();
  readonly #ports: RouterPorts;
  readonly #options: RouterOptions;
  readonly #budget: RetryBudget;
  readonly #queue = new WaitQueue();
  /** Those on the caller's node first. */
  #replicas: PoolReplica[] = [];
  /** Every replica that is in the slice or still has requests of ours. */
  readonly #byId = new Map<string, PoolReplica>();
  readonly #leaving = new Set<PoolReplica>();
  #maxOngoing: number;
  #maxQueued: number;
  readonly #limits: PickLimits = {
    maxOngoing: 0,
    nowMs: 0,
    excluded: null,
    localCount: 0,
    modelId: "",
    matchUntilMs: 0,
  };
  readonly #pick: PickResult = { replica: undefined, reason: "no_replica" };
  /** Some replica has a time before which it gets nothing. */
  #hasDown = false;
  /** Since when no replica is there that is not on trial; Infinity while there is one. */
  #unavailableSinceMs = Number.POSITIVE_INFINITY;
  #nextOrder = 0;
  #isClosed = false;
  #isServing = false;
  #cancelTimer: (() => void) | undefined;
  #timerAtMs = Number.POSITIVE_INFINITY;

  constructor(pool: RoutedPool, ports: RouterPorts, options: Partial<RouterOptions> = {}) {
    this.poolId = pool.poolId;
    this.#ports = ports;
    this.#options = { ...defaultRouterOptions, ...options };
    this.#budget = new RetryBudget(this.#options.retryBudget);
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

  /** Takes the pool's newest state; new replicas and higher limits wake waiters: as many as there are places. */
  update(pool: Pick<RoutedPool, "backends" | "maxOngoingRequests" | "maxQueuedRequests">): void {
    this.#maxOngoing = pool.maxOngoingRequests;
    this.#maxQueued = pool.maxQueuedRequests;
    const wanted = new Set(pool.backends.map(({ replicaId }) => replicaId));
    for (const replica of this.#replicas) if (!wanted.has(replica.replicaId)) this.#take(replica);
    const replicas = pool.backends.map((backend) => this.#place(backend));
    const local = replicas.filter(({ isLocal }) => isLocal);
    this.#replicas = [...local, ...replicas.filter(({ isLocal }) => !isLocal)];
    this.#limits.localCount = local.length;
    this.#hasDown = replicas.some(({ downUntilMs }) => downUntilMs > 0);
    this.#noteAvailability();
    this.#serve();
  }

  /**
   * A replica at once, with nothing allocated, or undefined: then `wait`. A newcomer never overtakes those in line.
   */
  tryAcquire(waiter: Waiter): PoolReplica | undefined {
    if (this.#isClosed || this.#queue.size > 0) return undefined;
    const replica = this.#pickFor(waiter);
    if (replica === undefined) return undefined;
    if (waiter.order < 0) waiter.order = this.#nextOrder++;
    this.#grant(replica, waiter);
    return replica;
  }

  /**
   * Joins the line, or is granted or refused within this call. A request that had a replica before (REJECT, death of the
   * replica) comes back with the same waiter: it takes its old place and is exempt from max_queued_requests.
   */
  wait(waiter: Waiter): void {
    const replica = this.tryAcquire(waiter);
    if (replica !== undefined) return waiter.onGrant(replica);
    const nowMs = this.#ports.now();
    const isReturning = waiter.order >= 0;
    const decision = decideAdmission({
      isClosed: this.#isClosed,
      isReturning,
      queued: this.#queue.size,
      maxQueued: this.#maxQueued,
      deadlineMs: waiter.deadlineMs,
      nowMs,
      noPick: this.#whyNoPick(),
    });
    this.counts.waits[decision.reason] += 1;
    if (waiter.waitReason !== undefined) waiter.waitReason = decision.reason;
    if (!decision.wait) return this.#tellRefused(waiter, decision.reason);
    if (!isReturning) waiter.order = this.#nextOrder++;
    waiter.joinedAtMs ??= nowMs;
    this.#queue.insert(waiter);
    this.#serve();
    if (this.#queue.size > 0) this.#armAt(Math.min(this.#wakeAtMs(waiter, nowMs), this.#nextTryMs()));
  }

  /** The client went away. False when the waiter was not in line (it has a replica, or an end). */
  cancel(waiter: Waiter): boolean {
    const wasWaiting = this.#queue.remove(waiter);
    if (this.#queue.size === 0) this.#disarm();
    return wasWaiting;
  }

  /**
   * The request ended: its place is free. `isAnswered` false: it was given up (client gone, deadline), which does not show
   * that the replica works.
   */
  release(replica: PoolReplica, isAnswered = true): void {
    this.#pay(replica);
    if (isAnswered && replica.failures > 0) this.#acquit(replica);
    if (replica.saturated) replica.credits += 1;
    if (this.#queue.size > 0) this.#serve();
    if (replica.saturated) this.#relax(replica);
  }

  /** The head of an answer came: the replica works, even if the answer takes long. Ends its trial. */
  heardFrom(replica: PoolReplica): void {
    if (replica.failures === 0) return;
    this.#acquit(replica);
    this.#serve();
  }

  /** The replica said REJECT with its number of ongoing requests; the request goes back to `wait`. */
  reject(replica: PoolReplica, ongoing: number): void {
    this.#pay(replica);
    if (replica.failures > 0) this.#acquit(replica);
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

  /** The replica failed the request: it is paid back, and the replica may be ejected. */
  fail(replica: PoolReplica, kind: FailureKind): EjectionDecision {
    this.#pay(replica);
    replica.failures += 1;
    const nowMs = this.#ports.now();
    const { ejection } = this.#options;
    if (nowMs - replica.ejectedAtMs > ejection.forgetAfterMs) replica.ejections = 0;
    const decision = decideEjection(
      {
        kind,
        failures: replica.failures,
        ejections: replica.ejections,
        isEjected: replica.downUntilMs > nowMs,
        replicas: this.#replicas.length,
        otherEjected: this.#replicas.filter((other) => other !== replica && other.onTrial).length,
        u: this.#ports.random(),
      },
      ejection,
    );
    this.counts.ejections[decision.reason] += 1;
    if (decision.eject) {
      replica.ejections += 1;
      replica.ejectedAtMs = nowMs;
      this.#putDown(replica, decision.forMs);
    }
    this.#serve();
    return decision;
  }

  /** Pays a grant back and says nothing of the replica. */
  abandon(replica: PoolReplica): void {
    this.#pay(replica);
    this.#serve();
  }

  /** Leaves a replica alone for a given time, then tries it with one request (it drains, or is not ready). */
  markDown(replicaId: string, forMs: number): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined) return;
    replica.failures = Math.max(1, replica.failures);
    this.#putDown(replica, forMs);
  }

  /** The connection stands (again): what its former self said of saturation is void, and a trial may begin at once. */
  markUp(replicaId: string): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined) return;
    replica.downUntilMs = 0;
    this.#trust(replica);
    this.#serve();
  }

  /** The replica told which models it holds. */
  setModels(replicaId: string, modelIds: readonly string[]): void {
    const replica = this.#byId.get(replicaId);
    if (replica === undefined) return;
    replica.models = new Set(modelIds);
    this.#serve();
  }

  /** `decideRetry` within this pool's budget; a retry that is granted is counted against it. */
  planRetry(facts: Omit<RetryFacts, "budgetLeft">): RetryDecision {
    const nowMs = this.#ports.now();
    // Every request has its own place in the order, so the next one is the number of requests so far.
    const decision = decideRetry({ ...facts, budgetLeft: this.#budget.left(nowMs, this.#nextOrder) });
    if (decision.retry && facts.outcome !== "rejected") this.#budget.countRetry();
    this.counts.retries[decision.code] += 1;
    return decision;
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
    const { nodeId } = this.#options;
    const known = this.#byId.get(backend.replicaId);
    if (known !== undefined) {
      known.backend = backend;
      known.isLocal = nodeId !== "" && backend.nodeId === nodeId;
      return known;
    }
    const replica = createPoolReplica(backend, nodeId);
    this.#byId.set(backend.replicaId, replica);
    return replica;
  }

  #take(replica: PoolReplica): void {
    replica.removed = true;
    this.#byId.delete(replica.replicaId);
    if (replica.sent > 0) this.#leaving.add(replica);
  }

  #pickFor(waiter: Waiter): PoolReplica | undefined {
    const limits = this.#limits;
    const ports = this.#ports;
    const { excluded, modelId } = waiter;
    limits.maxOngoing = this.#maxOngoing;
    // The clock costs more than the choice, and as long as no replica was down it decides nothing.
    limits.nowMs = this.#hasDown ? ports.now() : 0;
    // Better another replica; but when the pool has no other, waiting for one could be for ever.
    limits.excluded = excluded !== null && this.#hasOtherThan(excluded) ? excluded : null;
    if (modelId !== undefined && modelId !== "") {
      limits.nowMs = ports.now();
      waiter.matchUntilMs ??= limits.nowMs + this.#options.modelMatchMs * (1 + ports.random());
      limits.modelId = modelId;
      limits.matchUntilMs = waiter.matchUntilMs;
    } else if (limits.modelId !== "") limits.modelId = "";
    return pickReplica(this.#replicas, limits, ports.random(), ports.random(), this.#pick).replica;
  }

  #hasOtherThan(excluded: ReadonlySet<string>): boolean {
    return this.#replicas.some(({ replicaId }) => !excluded.has(replicaId));
  }

  #whyNoPick(): NoPickReason {
    if (this.#replicas.length === 0) return "no_replica";
    if (this.#unavailableSinceMs !== Number.POSITIVE_INFINITY) return "all_down";
    // With others in line nothing was picked: whoever joins waits for a place.
    return this.#queue.size === 0 && this.#pick.reason === "model_busy" ? "model_busy" : "all_busy";
  }

  #grant(replica: PoolReplica, waiter: Waiter): void {
    replica.sent += 1;
    if (replica.saturated) replica.credits -= 1;
    const reason = this.#pick.reason as PickReason;
    countPick(this.counts.picks, reason);
    if (waiter.pickReason !== undefined) waiter.pickReason = reason;
    if (this.#limits.modelId !== "") expectModel(replica, this.#limits.modelId);
  }

  #pay(replica: PoolReplica): void {
    if (replica.sent <= 0) throw new Error(`Replica ${replica.replicaId} was paid back more often than granted`);
    replica.sent -= 1;
    if (replica.removed && replica.sent === 0) this.#leaving.delete(replica);
  }

  #putDown(replica: PoolReplica, forMs: number): void {
    replica.downUntilMs = this.#ports.now() + forMs;
    replica.onTrial = true;
    this.#hasDown = true;
    this.#noteAvailability();
    this.#armAt(this.#nextTryMs());
  }

  /** It answered: no suspicion is left. An answer that was on its way as others failed does not end an ejection early. */
  #acquit(replica: PoolReplica): void {
    if (replica.downUntilMs > this.#ports.now()) return;
    replica.failures = 0;
    replica.onTrial = false;
    replica.downUntilMs = 0;
    this.#hasDown = this.#replicas.some(({ downUntilMs }) => downUntilMs > 0);
    this.#noteAvailability();
  }

  #noteAvailability(): void {
    const isAvailable = this.#replicas.some(({ onTrial }) => !onTrial);
    if (isAvailable) this.#unavailableSinceMs = Number.POSITIVE_INFINITY;
    else if (this.#unavailableSinceMs === Number.POSITIVE_INFINITY) {
      this.#unavailableSinceMs = this.#ports.now();
      this.#armAt(this.#unavailableSinceMs + this.#options.unavailableWaitMs);
    }
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
    if (this.#isServing || this.#isClosed || this.#queue.size === 0) return;
    this.#isServing = true;
    try {
      while (this.#queue.size > 0 && this.#hasRoomSomewhere()) {
        let replica: PoolReplica | undefined;
        const waiter = this.#queue.find((candidate) => {
          replica = this.#pickFor(candidate);
          return replica !== undefined;
        });
        if (waiter === undefined || replica === undefined) break;
        this.#queue.remove(waiter);
        this.#grant(replica, waiter);
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

  /** When this waiter must be looked at, whatever replicas do. */
  #wakeAtMs(waiter: Waiter, nowMs: number): number {
    const { matchUntilMs = 0, deadlineMs } = waiter;
    const matchAtMs = matchUntilMs > nowMs ? matchUntilMs : Number.POSITIVE_INFINITY;
    return Math.min(deadlineMs, matchAtMs, this.#giveUpAtMs(waiter));
  }

  /** While nothing works a waiter is held for a limited time, counted from when it came or the last replica failed. */
  #giveUpAtMs({ joinedAtMs = 0 }: Waiter): number {
    return this.#unavailableSinceMs === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : Math.max(joinedAtMs, this.#unavailableSinceMs) + this.#options.unavailableWaitMs;
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
    const waiters = this.#queue.list();
    this.#refuse(
      waiters.filter((waiter) => waiter.deadlineMs <= nowMs),
      "deadline",
    );
    this.#refuse(
      waiters.filter((waiter) => this.#giveUpAtMs(waiter) <= nowMs),
      "no_replica",
    );
    for (const replica of this.#replicas) {
      if (!replica.saturated || replica.credits > 0 || nowMs - replica.askedAtMs < PROBE_AFTER_MS) continue;
      replica.credits = 1;
      replica.askedAtMs = nowMs;
    }
    this.#serve();
    if (this.#queue.size === 0) return;
    this.#armAt(
      Math.min(
        this.#queue.earliestMs((waiter) => this.#wakeAtMs(waiter, nowMs)),
        this.#nextTryMs(),
      ),
    );
  }

  #refuse(waiters: readonly Waiter[], refusal: WaitRefusal): void {
    for (const waiter of waiters) if (this.#queue.remove(waiter)) this.#tellRefused(waiter, refusal);
  }

  #tellRefused(waiter: Waiter, refusal: WaitRefusal): void {
    this.counts.refusals[refusal] += 1;
    waiter.onRefuse(refusal);
  }
}

/** Until the replica tells otherwise, the next request for this model goes where this one went, not to load it elsewhere. */
function expectModel(replica: PoolReplica, modelId: string): void {
  const models = (replica.models ??= new Set());
  if (models.has(modelId)) return;
  if (models.size >= MAX_MODELS_REMEMBERED) {
    for (const oldest of models) {
      models.delete(oldest);
      break;
    }
  }
  models.add(modelId);
}
