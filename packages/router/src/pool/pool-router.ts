import type { PoolLoad, RoutedPool } from "@sluice/contracts";
import { decideRetry } from "../decide-retry.ts";
import type { RetryDecision, RetryFacts } from "../decide-retry.ts";
import { RetryBudget } from "../retry-budget.ts";
import { decideAdmission } from "./decide-admission.ts";
import type { EjectionDecision, FailureKind } from "./decide-ejection.ts";
import { startCounts } from "./decision-counts.ts";
import type { DecisionCounts } from "./decision-counts.ts";
import { PoolMembers } from "./pool-members.ts";
import { addCredit, saturate, trust } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import { ReplicaChooser } from "./replica-chooser.ts";
import { ReplicaTrials } from "./replica-trials.ts";
import { defaultRouterOptions } from "./router-options.ts";
import type { RouterOptions } from "./router-options.ts";
import { WaitLine } from "./wait-line.ts";
import type { Waiter } from "./wait-queue.ts";

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
  readonly #budget: RetryBudget;
  readonly #members: PoolMembers;
  readonly #chooser: ReplicaChooser;
  readonly #line: WaitLine;
  readonly #trials: ReplicaTrials;
  #maxQueued: number;
  #nextOrder = 0;

  constructor(pool: RoutedPool, ports: RouterPorts, options: Partial<RouterOptions> = {}) {
    const { nodeId, retryBudget, modelMatchMs, ejection, unavailableWaitMs } = { ...defaultRouterOptions, ...options };
    const { picks, refusals, ejections } = this.counts;
    this.poolId = pool.poolId;
    this.#ports = ports;
    this.#budget = new RetryBudget(retryBudget);
    const members = new PoolMembers(nodeId);
    const chooser = new ReplicaChooser(members, ports, modelMatchMs, picks);
    this.#members = members;
    this.#chooser = chooser;
    this.#line = new WaitLine({ ports, members, chooser, unavailableWaitMs, refusals });
    this.#trials = new ReplicaTrials({ ports, members, line: this.#line, policy: ejection, ejections });
    this.#maxQueued = pool.maxQueuedRequests;
    this.update(pool);
  }

  get replicaCount(): number {
    return this.#members.list.length;
  }

  /** True after `close`: it grants nothing any more. */
  get isClosed(): boolean {
    return this.#line.isClosed;
  }

  get queued(): number {
    return this.#line.size;
  }

  /** Takes the pool's newest state; new replicas and higher limits wake waiters: as many as there are places. */
  update(pool: Pick<RoutedPool, "backends" | "maxOngoingRequests" | "maxQueuedRequests">): void {
    this.#maxQueued = pool.maxQueuedRequests;
    this.#members.update(pool.backends, pool.maxOngoingRequests);
    this.#trials.noteAvailability();
    this.#line.serve();
  }

  /**
   * A replica at once, with nothing allocated, or undefined: then `wait`. A newcomer never overtakes those in line.
   */
  tryAcquire(waiter: Waiter): PoolReplica | undefined {
    const line = this.#line;
    if (line.isClosed || line.size > 0) return undefined;
    const replica = this.#chooser.pickFor(waiter);
    if (replica === undefined) return undefined;
    if (waiter.order < 0) waiter.order = this.#nextOrder++;
    this.#chooser.grant(replica, waiter);
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
    const queued = this.#line.size;
    const decision = decideAdmission({
      isClosed: this.isClosed,
      isReturning,
      queued,
      maxQueued: this.#maxQueued,
      deadlineMs: waiter.deadlineMs,
      nowMs,
      noPick: this.#chooser.whyNone(queued),
    });
    this.counts.waits[decision.reason] += 1;
    if (waiter.waitReason !== undefined) waiter.waitReason = decision.reason;
    if (!decision.wait) return this.#line.refuse(waiter, decision.reason);
    if (!isReturning) waiter.order = this.#nextOrder++;
    this.#line.join(waiter, nowMs);
  }

  /** The client went away. False when the waiter was not in line (it has a replica, or an end). */
  cancel(waiter: Waiter): boolean {
    return this.#line.leave(waiter);
  }

  /**
   * The request ended: its place is free. `isAnswered` false: it was given up (client gone, deadline), which does not show
   * that the replica works.
   */
  release(replica: PoolReplica, isAnswered = true): void {
    this.#members.pay(replica);
    if (isAnswered && replica.failures > 0) this.#trials.acquit(replica);
    if (replica.saturated) replica.credits += 1;
    if (this.#line.size > 0) this.#line.serve();
    if (replica.saturated) this.#relax(replica);
  }

  /** The head of an answer came: the replica works, even if the answer takes long. Ends its trial. */
  heardFrom(replica: PoolReplica): void {
    if (replica.failures === 0) return;
    this.#trials.acquit(replica);
    this.#line.serve();
  }

  /** The replica said REJECT with its number of ongoing requests; the request goes back to `wait`. */
  reject(replica: PoolReplica, ongoing: number): void {
    this.#members.pay(replica);
    if (replica.failures > 0) this.#trials.acquit(replica);
    saturate(replica, ongoing, this.#ports.now());
    this.#line.lookAgain();
  }

  /** The replica said SLOT: one place is free for this router. */
  announceSlot(replicaId: string): void {
    const replica = this.#members.get(replicaId);
    if (replica === undefined || !replica.saturated) return;
    addCredit(replica);
    this.#line.serve();
    this.#relax(replica);
  }

  /** The replica failed the request: it is paid back, and the replica may be ejected. */
  fail(replica: PoolReplica, kind: FailureKind): EjectionDecision {
    this.#members.pay(replica);
    const decision = this.#trials.accuse(replica, kind);
    this.#line.serve();
    return decision;
  }

  /** Pays a grant back and says nothing of the replica. */
  abandon(replica: PoolReplica): void {
    this.#members.pay(replica);
    this.#line.serve();
  }

  /** Leaves a replica alone for a given time, then tries it with one request (it drains, or is not ready). */
  markDown(replicaId: string, forMs: number): void {
    const replica = this.#members.get(replicaId);
    if (replica === undefined) return;
    replica.failures = Math.max(1, replica.failures);
    this.#trials.putDown(replica, forMs);
  }

  /** The connection stands (again): what its former self said of saturation is void, and a trial may begin at once. */
  markUp(replicaId: string): void {
    const replica = this.#members.get(replicaId);
    if (replica === undefined) return;
    replica.downUntilMs = 0;
    trust(replica);
    this.#line.serve();
  }

  /** The replica told which models it holds. */
  setModels(replicaId: string, modelIds: readonly string[]): void {
    const replica = this.#members.get(replicaId);
    if (replica === undefined) return;
    replica.models = new Set(modelIds);
    this.#line.serve();
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
    return { poolId: this.poolId, queued: this.#line.size, sent: this.#members.sent };
  }

  /** Refuses all waiters; running requests still pay back. */
  close(): void {
    this.#line.close();
  }

  /** Nobody waits any more: saturation is over, the next burst will find out anew. */
  #relax(replica: PoolReplica): void {
    if (this.#line.size === 0) trust(replica);
  }
}
