/**
 * One request on its way: waits for a replica, is sent, may be sent again to another one, and its answer streams back. One
 * object per request plays the waiter of the router and the sink of the wire, so that the common path allocates little.
 */
import { errorStatus } from "@sluice/contracts";
import type { AdmissionReason, PoolReplica, PoolRouter, RetryReason, TryOutcome, WaitRefusal } from "@sluice/router";
import {
  CancelCode,
  RejectCode,
  type AnswerEvents,
  type ClientConnection,
  type ClientStream,
  type Reject,
  type ResponseHead,
  type WireError,
} from "@sluice/wire";
import type { Exchange, ExchangeListener } from "../exchange/exchange.ts";
import { answerProblem } from "../http/answer-problem.ts";
import { asWireError, isConnectionLoss, outcomeOf } from "../upstream/judge-wire-error.ts";
import { buildAnswerHead } from "./answer-head.ts";
import { describeDeadline, describeLongBody, describeLoss, describeRefusal, type Failure } from "./describe-failure.ts";
import { RequestBody, type BodyEvents } from "./request-body.ts";
import { buildRequestHead } from "./request-head.ts";
import type { RequestPlan, RequestPorts, Reroute } from "./request-plan.ts";
import { SlowClient } from "./slow-client.ts";
import type { OverloadAnswer } from "./forward-request.ts";

/** A replica that drains or is not ready is left alone this long, or until it answers a dial. */
const downMs = 1_000;

export interface RequestLimits {
  readonly maxBodyBytes: number;
  readonly overload: OverloadAnswer;
}

export class ProxiedRequest implements AnswerEvents, ExchangeListener, BodyEvents {
  order = -1;
  readonly deadlineMs: number;
  readonly modelId: string;
  excluded: Set<string> | null = null;
  /** Filled in by the router, like `order`. */
  waitReason: AdmissionReason | "" = "";
  joinedAtMs = 0;
  matchUntilMs = 0;

  readonly #exchange: Exchange;
  readonly #ports: RequestPorts;
  readonly #reroute: Reroute;
  readonly #limits: RequestLimits;
  #plan: RequestPlan;
  #pool: PoolRouter;
  #replica: PoolReplica | null = null;
  #stream: ClientStream | null = null;
  #attempts = 0;
  #retries = 0;
  #retryReason: RetryReason | "" = "";
  #deaths = 0;
  #isQueued = false;
  #isDone = false;
  /** The replica whose answer is on its way to the client. */
  #answeredBy = "";
  /** From the request's arrival until it left for a replica. */
  #queuedMs = 0;
  /** When a WebSocket was agreed on: how long people talk is no latency. */
  #agreedMs: number | undefined;
  /** These two exist only for requests with a body and for slow readers. */
  #body: RequestBody | null = null;
  #slowClient: SlowClient | null = null;

  constructor(
    exchange: Exchange,
    plan: RequestPlan,
    ports: RequestPorts,
    pool: PoolRouter,
    reroute: Reroute,
    limits: RequestLimits,
  ) {
    this.#exchange = exchange;
    this.#plan = plan;
    this.#ports = ports;
    this.#pool = pool;
    this.#reroute = reroute;
    this.#limits = limits;
    this.deadlineMs = plan.deadlineMs;
    this.modelId = plan.modelId;
    plan.series.ongoing(1);
  }

  /** Sends the request as soon as enough of its body is here and a replica has room. */
  start(): void {
    const exchange = this.#exchange;
    const hasBody = exchange.bodyBytes !== 0 || exchange.upgrade !== "";
    if (hasBody) this.#body = new RequestBody(exchange, this.#limits.maxBodyBytes, this);
    exchange.follow(this);
    // A protocol that takes over has no body to wait for: its bytes come after the answer's head.
    if (!hasBody || exchange.upgrade !== "") this.#acquire();
  }

  onBodyData(piece: Buffer): void {
    this.#body?.onData(piece);
  }

  onBodyEnd(): void {
    this.#body?.onEnd();
  }

  onBodyReady(): void {
    if (!this.#isDone) this.#acquire();
  }

  #acquire(): void {
    const replica = this.#pool.tryAcquire(this);
    if (replica !== undefined) return this.onGrant(replica);
    this.#isQueued = true;
    this.#plan.series.queued(1);
    this.#pool.wait(this);
  }

  onGrant(replica: PoolReplica): void {
    this.#leaveQueue();
    this.#replica = replica;
    const open = this.#ports.connections.open(replica.replicaId);
    if (open !== undefined) return this.#send(open, replica);
    this.#ports.connections.dial(replica.backend).then(
      (connection) => {
        if (this.#replica === replica && !this.#isDone) this.#send(connection, replica);
      },
      (error: unknown) => {
        if (this.#replica === replica && !this.#isDone) this.onError(asWireError(error));
      },
    );
  }

  onRefuse(refusal: WaitRefusal): void {
    this.#leaveQueue();
    // Nothing of it was sent yet, so it may go with the revision that took over from the one whose pool is gone.
    const next = refusal === "closed" ? this.#reroute(this.#plan) : null;
    if (next !== null) return this.#moveTo(next.plan, next.pool);
    this.#fail(describeRefusal(refusal, this.#plan, this.#pool.queued, this.#ports.now(), this.#limits.overload));
  }

  #moveTo(plan: RequestPlan, pool: PoolRouter): void {
    this.#plan.series.ongoing(-1);
    plan.series.ongoing(1);
    this.#plan = plan;
    this.#pool = pool;
    this.order = -1;
    this.#acquire();
  }

  #send(connection: ClientConnection, replica: PoolReplica): void {
    const nowMs = this.#ports.now();
    this.#queuedMs = nowMs - this.#plan.startedMs;
    const head = buildRequestHead(this.#exchange, this.#plan, this.#attempts, nowMs);
    const body = this.#body;
    try {
      if (body?.isStreaming === true) {
        this.#stream = connection.openRequest(head, this);
        body.sendOn(this.#stream);
      } else this.#stream = connection.request(head, body?.whole(), this);
    } catch (error) {
      if (this.#replica === replica) this.onError(asWireError(error));
    }
  }

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.#isDone || head.kind !== "http") return;
    if (this.#replica !== null) this.#pool.heardFrom(this.#replica);
    this.#answeredBy = this.#replica?.replicaId ?? "";
    const headers = buildAnswerHead(this.#plan, this.#answeredBy, head.headers, {
      queuedMs: this.#queuedMs,
      waitReason: this.waitReason,
      retries: this.#retries,
      retryReason: this.#retryReason,
    });
    const { status } = head;
    if (status === 101) this.#agreedMs = this.#ports.now();
    try {
      // 1xx would leave the client waiting for the real answer, unless it asked to change the protocol.
      if (status < 200 && (status !== 101 || this.#exchange.upgrade === "")) {
        throw new RangeError(`Invalid status code: ${String(status)}`);
      }
      if (isComplete) return this.#exchange.answer(status, headers, inlineBody);
      this.#exchange.startAnswer(status, headers);
    } catch (error) {
      return this.#onBadAnswer(error);
    }
    if (inlineBody.length > 0) this.onData(inlineBody);
  }

  /** User code may answer what HTTP cannot carry; that must not end the connection which others use as well. */
  #onBadAnswer(error: unknown): void {
    this.#stream?.cancel(CancelCode.callerGone, "the answer's head is not HTTP");
    const why = error instanceof Error ? error.message : String(error);
    this.#fail({ code: "replica/bad_answer", detail: `The replica's answer is not valid HTTP. ${why}` });
  }

  onData(chunk: Buffer): boolean {
    if (this.#isDone || this.#exchange.write(chunk)) return true;
    this.#slowClient ??= new SlowClient((bytes) => this.#stream?.consumed(bytes));
    this.#slowClient.owe(chunk.length);
    return false;
  }

  onDrain(): void {
    this.#slowClient?.settle();
  }

  onEnd(): void {
    this.#exchange.end();
    this.#finish(this.#exchange.status);
  }

  /** The client has been cut off: what it got looks like no whole answer. */
  onBroken(why: string): void {
    if (this.#isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the answer is not what its head announced");
    this.#ports.tellBroken(this.#plan, this.#answeredBy, `the answer ${why}`);
    this.#finish(errorStatus["replica/bad_answer"]);
  }

  onReject(reject: Reject): void {
    const replica = this.#takeReplica();
    if (replica === null) return;
    if (reject.code === RejectCode.atCapacity) this.#pool.reject(replica, reject.ongoing);
    else {
      this.#pool.abandon(replica);
      this.#pool.markDown(replica.replicaId, downMs);
      this.#exclude(replica.replicaId);
    }
    this.#tryAgain("rejected", "the replica had no free place");
  }

  onError(error: WireError): void {
    const replica = this.#takeReplica();
    if (replica !== null) {
      if (isConnectionLoss(error)) {
        this.#deaths += error.outcome === "taken" ? 1 : 0;
        this.#pool.fail(replica, error.outcome === "taken" ? "lost" : "unreachable");
        this.#exclude(replica.replicaId);
      } else this.#pool.abandon(replica);
    }
    if (error.code === "deadline_exceeded") return this.#fail(describeDeadline(this.#plan));
    // The only replica cannot be reached: the request waits for it or for its successor.
    if (error.outcome === "taken" || this.#pool.replicaCount > 1) this.#attempts += 1;
    this.#tryAgain(outcomeOf(error), error.message);
  }

  #tryAgain(outcome: TryOutcome, why: string): void {
    this.#stream = null;
    if (this.#isDone) return;
    const decision = this.#pool.planRetry({
      outcome,
      attempts: this.#attempts,
      deaths: this.#deaths,
      method: this.#exchange.method,
      responseStarted: this.#exchange.isAnswered,
      bodyGone: this.#body?.isReplayable === false,
    });
    if (!decision.retry) return this.#fail(describeLoss(outcome, why, decision.reason));
    this.#retries += 1;
    this.#retryReason = decision.code;
    if (this.#body?.isStreaming === true) this.#body.takeBack();
    this.#plan.series.retry();
    this.#acquire();
  }

  #exclude(replicaId: string): void {
    this.excluded ??= new Set();
    this.excluded.add(replicaId);
  }

  onClientGone(): void {
    if (this.#isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the client closed the connection");
    if (this.#isQueued) this.#pool.cancel(this);
    // Conversations end by somebody leaving.
    this.#finish(this.#agreedMs === undefined ? 499 : 101);
  }

  /** More came than the client may send. The rest of it is not read. */
  onBodyTooLong(): void {
    if (this.#isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the body is over the limit");
    this.#exchange.closeAfterAnswer();
    this.#fail(describeLongBody(this.#limits.maxBodyBytes));
  }

  #fail(failure: Failure): void {
    if (this.#isDone) return;
    const wasAnswered = this.#exchange.isAnswered;
    if (wasAnswered) this.#ports.tellBroken(this.#plan, this.#answeredBy, failure.detail);
    answerProblem(this.#exchange, { ...failure, requestId: this.#plan.requestId });
    this.#finish(wasAnswered ? errorStatus[failure.code] : this.#exchange.status);
  }

  #finish(status: number): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#leaveQueue();
    const replica = this.#takeReplica();
    if (replica !== null) this.#pool.release(replica, this.#exchange.isAnswered);
    this.#plan.series.ongoing(-1);
    this.#plan.series.record(status, (this.#agreedMs ?? this.#ports.now()) - this.#plan.startedMs);
    this.#ports.count(this.#plan, this.#exchange.method, status);
  }

  #leaveQueue(): void {
    if (!this.#isQueued) return;
    this.#isQueued = false;
    this.#plan.series.queued(-1);
  }

  #takeReplica(): PoolReplica | null {
    const replica = this.#replica;
    this.#replica = null;
    return replica;
  }
}
