import { errorStatus } from "@sluice/contracts";
import type { PoolReplica, PoolRouter } from "@sluice/router";
import type { Exchange } from "../exchange/exchange.ts";
import { answerProblem } from "../http/answer-problem.ts";
import type { Failure } from "./describe-failure.ts";
import type { OverloadAnswer } from "./forward-request.ts";
import type { RequestPlan, RequestPorts } from "./request-plan.ts";

export interface RequestLimits {
  readonly maxBodyBytes: number;
  readonly overload: OverloadAnswer;
}

/**
 * The life of a request, wherever it goes: it counts in its series from its beginning to its only end. The classes on top of it add
 * where it goes and what comes back; they are one object, so that the common path allocates little.
 */
export abstract class RequestLife {
  protected readonly exchange: Exchange;
  protected readonly ports: RequestPorts;
  protected readonly limits: RequestLimits;
  protected plan: RequestPlan;
  protected pool: PoolRouter;
  /** Granted and not yet paid back. */
  protected replica: PoolReplica | null = null;
  /** The replica whose answer is on its way to the client. */
  protected answeredBy = "";
  /** When a WebSocket was agreed on: how long people talk is no latency. */
  protected agreedMs: number | undefined;
  protected isQueued = false;
  protected isDone = false;

  constructor(exchange: Exchange, plan: RequestPlan, ports: RequestPorts, pool: PoolRouter, limits: RequestLimits) {
    this.exchange = exchange;
    this.plan = plan;
    this.ports = ports;
    this.pool = pool;
    this.limits = limits;
    plan.series.ongoing(1);
  }

  /** Value of `server-timing` for an answer that the gateway gives itself. */
  protected abstract timing(): string;

  /** Answers with the reason; an answer that has begun is cut off instead. */
  protected fail(failure: Failure): void {
    if (this.isDone) return;
    const wasAnswered = this.exchange.isAnswered;
    if (wasAnswered) this.ports.tellBroken(this.plan, this.answeredBy, failure.detail);
    answerProblem(this.exchange, { ...failure, requestId: this.plan.requestId, timing: this.timing() });
    this.finish(wasAnswered ? errorStatus[failure.code] : this.exchange.status);
  }

  protected finish(status: number): void {
    if (this.isDone) return;
    this.isDone = true;
    this.leaveQueue();
    const replica = this.takeReplica();
    if (replica !== null) this.pool.release(replica, this.exchange.isAnswered);
    this.plan.series.ongoing(-1);
    this.plan.series.record(status, (this.agreedMs ?? this.ports.now()) - this.plan.startedMs);
    this.ports.end(this.plan, this.exchange.method, status);
  }

  protected leaveQueue(): void {
    if (!this.isQueued) return;
    this.isQueued = false;
    this.plan.series.queued(-1);
  }

  protected takeReplica(): PoolReplica | null {
    const { replica } = this;
    this.replica = null;
    return replica;
  }
}
