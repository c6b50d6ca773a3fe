import type {
  AdmissionReason,
  PoolReplica,
  PoolRouter,
  RetryReason,
  TryOutcome,
  Waiter,
  WaitRefusal,
} from "@sluice/router";
import { RejectCode, type ClientConnection, type Reject, type WireError } from "@sluice/wire";
import type { Exchange } from "../exchange/exchange.ts";
import { asWireError, isConnectionLoss, outcomeOf } from "../upstream/judge-wire-error.ts";
import { describeStory } from "./answer-head.ts";
import { describeDeadline, describeLoss, describeRefusal } from "./describe-failure.ts";
import { RequestLife, type RequestLimits } from "./request-life.ts";
import type { RequestPlan, RequestPorts, Reroute } from "./request-plan.ts";

/** A replica that drains or is not ready is left alone this long, or until it answers a dial. */
const downMs = 1_000;

/** Where a request goes: waits for a replica, and is sent again to another one where that is safe. */
export abstract class RoutedRequest extends RequestLife implements Waiter {
  order = -1;
  readonly deadlineMs: number;
  readonly modelId: string;
  excluded: Set<string> | null = null;
  /** Filled in by the router, like `order`. */
  waitReason: AdmissionReason | "" = "";
  joinedAtMs: number | undefined = undefined;
  matchUntilMs: number | undefined = undefined;
  protected attempts = 0;
  protected retries = 0;
  protected retryReason: RetryReason | "" = "";
  /** From the request's arrival until it left for a replica, the last time. */
  protected queuedMs = -1;
  readonly #reroute: Reroute;
  #deaths = 0;

  constructor(
    exchange: Exchange,
    plan: RequestPlan,
    ports: RequestPorts,
    pool: PoolRouter,
    reroute: Reroute,
    limits: RequestLimits,
  ) {
    super(exchange, plan, ports, pool, limits);
    this.#reroute = reroute;
    this.deadlineMs = plan.deadlineMs;
    this.modelId = plan.modelId;
  }

  /** Writes the request. A throw says that nothing was written. */
  protected abstract send(connection: ClientConnection, nowMs: number): void;
  /** The try is over. */
  protected abstract forgetTry(): void;
  /** Makes ready for another one. */
  protected abstract takeBodyBack(): void;
  /** Part of the body was sent and is not kept. */
  protected abstract isBodyGone(): boolean;

  protected acquire(): void {
    const replica = this.pool.tryAcquire(this);
    if (replica !== undefined) return this.onGrant(replica);
    this.isQueued = true;
    this.plan.series.queued(1);
    this.pool.wait(this);
  }

  onGrant(replica: PoolReplica): void {
    this.leaveQueue();
    this.replica = replica;
    const open = this.ports.connections.open(replica.replicaId);
    if (open !== undefined) return this.#trySend(open, replica);
    this.ports.connections.dial(replica.backend).then(
      (connection) => {
        if (this.replica === replica && !this.isDone) this.#trySend(connection, replica);
      },
      (error: unknown) => {
        if (this.replica === replica && !this.isDone) this.onError(asWireError(error));
      },
    );
  }

  onRefuse(refusal: WaitRefusal): void {
    this.leaveQueue();
    // Nothing of it was sent yet, so it may go with the revision that took over from the one whose pool is gone.
    const next = refusal === "closed" ? this.#reroute(this.plan) : null;
    if (next !== null) return this.#moveTo(next.plan, next.pool);
    this.queuedMs = -1;
    this.fail(describeRefusal(refusal, this.plan, this.pool.queued, this.ports.now(), this.limits.overload));
  }

  onReject(reject: Reject): void {
    const replica = this.takeReplica();
    if (replica === null) return;
    if (reject.code === RejectCode.atCapacity) this.pool.reject(replica, reject.ongoing);
    else {
      this.pool.abandon(replica);
      this.pool.markDown(replica.replicaId, downMs);
      this.#exclude(replica.replicaId);
    }
    this.#tryAgain("rejected", "the replica had no free place");
  }

  onError(error: WireError): void {
    const replica = this.takeReplica();
    if (replica !== null) {
      if (isConnectionLoss(error)) {
        this.#deaths += error.outcome === "taken" ? 1 : 0;
        this.pool.fail(replica, error.outcome === "taken" ? "lost" : "unreachable");
        this.#exclude(replica.replicaId);
      } else this.pool.abandon(replica);
    }
    if (error.code === "deadline_exceeded") return this.fail(describeDeadline(this.plan));
    // The only replica cannot be reached: the request waits for it or for its successor.
    if (error.outcome === "taken" || this.pool.replicaCount > 1) this.attempts += 1;
    this.#tryAgain(outcomeOf(error), error.message);
  }

  #trySend(connection: ClientConnection, replica: PoolReplica): void {
    try {
      const nowMs = this.ports.now();
      this.queuedMs = nowMs - this.plan.startedMs;
      this.send(connection, nowMs);
    } catch (error) {
      if (this.replica === replica) this.onError(asWireError(error));
    }
  }

  #tryAgain(outcome: TryOutcome, why: string): void {
    this.forgetTry();
    if (this.isDone) return;
    const decision = this.pool.planRetry({
      outcome,
      attempts: this.attempts,
      deaths: this.#deaths,
      method: this.exchange.method,
      responseStarted: this.exchange.isAnswered,
      bodyGone: this.isBodyGone(),
    });
    if (!decision.retry) return this.fail(describeLoss(outcome, why, decision.reason));
    this.retries += 1;
    this.retryReason = decision.code;
    this.takeBodyBack();
    this.plan.series.retry();
    this.acquire();
  }

  protected override timing(): string {
    const { waitReason, retries, retryReason } = this;
    const totalMs = this.ports.now() - this.plan.startedMs;
    const wasSent = this.queuedMs >= 0;
    const queuedMs = wasSent ? this.queuedMs : totalMs;
    const unansweredMs = wasSent ? totalMs - queuedMs : undefined;
    return describeStory({ queuedMs, waitReason, retries, retryReason, unansweredMs });
  }

  #moveTo(plan: RequestPlan, pool: PoolRouter): void {
    this.plan.series.ongoing(-1);
    plan.series.ongoing(1);
    this.plan = plan;
    this.pool = pool;
    this.order = -1;
    this.acquire();
  }

  #exclude(replicaId: string): void {
    this.excluded ??= new Set();
    this.excluded.add(replicaId);
  }
}
