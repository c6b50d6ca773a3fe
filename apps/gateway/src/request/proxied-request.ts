/**
 * One request on its way: waits for a replica, is sent, may be sent again to another one, and its answer streams back. One
 * object per request plays the waiter of the router and the sink of the wire, so that the common path allocates little.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { decideRetry, type PoolReplica, type PoolRouter, type TryOutcome, type WaitRefusal } from "@sluice/router";
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
import { answerProblem } from "../http/answer-problem.ts";
import { asWireError, isConnectionLoss, outcomeOf } from "../upstream/judge-wire-error.ts";
import { buildAnswerHead, mayHaveBody } from "./answer-head.ts";
import { BodyUpload } from "./body-upload.ts";
import { describeDeadline, describeLoss, describeRefusal, type Failure } from "./describe-failure.ts";
import type { RequestBody } from "./read-body.ts";
import { buildRequestHead } from "./request-head.ts";
import type { RequestPlan, RequestPorts } from "./request-plan.ts";
import { SlowClient } from "./slow-client.ts";

/** A replica whose connection broke is left alone this long, or until it answers a dial. */
const downMs = 1_000;
/** A request that has no deadline of its own waits at most this long for the first replica of an empty pool. */
const emptyPoolWaitMs = 60_000;

export class ProxiedRequest implements AnswerEvents {
  order = -1;
  readonly deadlineMs: number;
  excluded: Set<string> | null = null;

  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #plan: RequestPlan;
  readonly #ports: RequestPorts;
  readonly #pool: PoolRouter;
  #body: RequestBody = { kind: "none" };
  #replica: PoolReplica | null = null;
  #stream: ClientStream | null = null;
  #attempts = 0;
  #deaths = 0;
  #isQueued = false;
  #isDone = false;
  /** These two exist only for long bodies and slow readers. */
  #upload: BodyUpload | null = null;
  #slowClient: SlowClient | null = null;

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    plan: RequestPlan,
    ports: RequestPorts,
    pool: PoolRouter,
  ) {
    this.#request = request;
    this.#response = response;
    this.#plan = plan;
    this.#ports = ports;
    this.#pool = pool;
    const emptyPoolDeadlineMs = pool.replicaCount === 0 ? plan.startedMs + emptyPoolWaitMs : Infinity;
    this.deadlineMs = Math.min(plan.deadlineMs, emptyPoolDeadlineMs);
    plan.series.ongoing(1);
    response.on("close", () => this.#onClientClose());
  }

  /** Sends the request as soon as a replica has room. */
  start(body: RequestBody): void {
    if (this.#isDone) return;
    this.#body = body;
    this.#acquire();
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
    this.#fail(describeRefusal(refusal, this.#plan, this.#pool.queued, this.#ports.now()));
  }

  #send(connection: ClientConnection, replica: PoolReplica): void {
    const head = buildRequestHead(this.#request, this.#plan, this.#attempts, this.#ports.now());
    const body = this.#body;
    try {
      if (body.kind === "stream") {
        this.#stream = connection.openRequest(head, this);
        this.#upload = new BodyUpload(this.#request, this.#stream, body.first);
      } else this.#stream = connection.request(head, body.kind === "whole" ? body.bytes : undefined, this);
    } catch (error) {
      if (this.#replica === replica) this.onError(asWireError(error));
    }
  }

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.#isDone || head.kind !== "http") return;
    const hasKnownLength = isComplete && mayHaveBody(this.#request.method, head.status);
    const length = hasKnownLength ? inlineBody.length : -1;
    this.#response.writeHead(
      head.status,
      buildAnswerHead(this.#plan, this.#replica?.replicaId ?? "", head.headers, length),
    );
    if (isComplete) this.#response.end(inlineBody);
    else if (inlineBody.length > 0) this.#response.write(inlineBody);
    else this.#response.flushHeaders();
  }

  onData(chunk: Buffer): boolean {
    if (this.#isDone || this.#response.write(chunk)) return true;
    this.#slowClient ??= new SlowClient(this.#response, (bytes) => this.#stream?.consumed(bytes));
    this.#slowClient.owe(chunk.length);
    return false;
  }

  onEnd(): void {
    if (!this.#response.writableEnded) this.#response.end();
    this.#finish(this.#response.statusCode);
  }

  onReject(reject: Reject): void {
    const replica = this.#takeReplica();
    if (replica === null) return;
    if (reject.code === RejectCode.atCapacity) this.#pool.reject(replica, reject.ongoing);
    else {
      this.#pool.abandon(replica);
      this.#exclude(replica.replicaId);
    }
    this.#tryAgain("rejected", "the replica had no free place");
  }

  onError(error: WireError): void {
    const replica = this.#takeReplica();
    if (replica !== null) {
      this.#pool.abandon(replica);
      if (isConnectionLoss(error)) {
        this.#deaths += error.outcome === "taken" ? 1 : 0;
        this.#pool.markDown(replica.replicaId, downMs);
        this.#exclude(replica.replicaId);
      }
    }
    if (error.code === "deadline_exceeded") return this.#fail(describeDeadline(this.#plan));
    this.#attempts += 1;
    this.#tryAgain(outcomeOf(error), error.message);
  }

  #tryAgain(outcome: TryOutcome, why: string): void {
    this.#stream = null;
    if (this.#isDone) return;
    const decision = decideRetry({
      outcome,
      attempts: this.#attempts,
      deaths: this.#deaths,
      method: this.#request.method ?? "GET",
      responseStarted: this.#response.headersSent,
    });
    if (!decision.retry) return this.#fail(describeLoss(outcome, why, decision.reason));
    if (this.#upload?.isFlowing === true) {
      return this.#fail(describeLoss(outcome, why, "part of its body had been sent"));
    }
    this.#upload?.stop();
    this.#plan.series.retry();
    this.#acquire();
  }

  #exclude(replicaId: string): void {
    this.excluded ??= new Set();
    this.excluded.add(replicaId);
  }

  #onClientClose(): void {
    if (this.#isDone) return;
    // "close" after the last byte of a complete answer is its normal end.
    if (this.#response.writableFinished) return this.#finish(this.#response.statusCode);
    this.#stream?.cancel(CancelCode.callerGone, "the client closed the connection");
    if (this.#isQueued) this.#pool.cancel(this);
    this.#finish(499);
  }

  #fail(failure: Failure): void {
    if (this.#isDone) return;
    answerProblem(this.#response, { ...failure, requestId: this.#plan.requestId });
    this.#finish(this.#response.statusCode);
  }

  #finish(status: number): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#leaveQueue();
    const replica = this.#takeReplica();
    if (replica !== null) this.#pool.release(replica);
    this.#plan.series.ongoing(-1);
    this.#plan.series.record(status, this.#ports.now() - this.#plan.startedMs);
    this.#ports.count(this.#plan, this.#request.method ?? "GET", status);
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
