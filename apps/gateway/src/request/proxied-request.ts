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
import { describeDeadline, describeLongBody, describeLoss, describeRefusal, type Failure } from "./describe-failure.ts";
import type { RequestBody } from "./read-body.ts";
import { buildRequestHead } from "./request-head.ts";
import type { RequestPlan, RequestPorts, Reroute } from "./request-plan.ts";
import { SlowClient } from "./slow-client.ts";

/** A replica that broke its connection or takes nothing is left alone this long, or until it answers a dial. */
const downMs = 1_000;
/** A request that has no deadline of its own waits at most this long for the first replica of an empty pool. */
const emptyPoolWaitMs = 60_000;

export class ProxiedRequest implements AnswerEvents {
  order = -1;
  readonly deadlineMs: number;
  excluded: Set<string> | null = null;

  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #ports: RequestPorts;
  readonly #reroute: Reroute;
  readonly #maxBodyBytes: number;
  #plan: RequestPlan;
  #pool: PoolRouter;
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
    reroute: Reroute,
    maxBodyBytes: number,
  ) {
    this.#request = request;
    this.#response = response;
    this.#plan = plan;
    this.#ports = ports;
    this.#pool = pool;
    this.#reroute = reroute;
    this.#maxBodyBytes = maxBodyBytes;
    const emptyPoolDeadlineMs = pool.replicaCount === 0 ? plan.startedMs + emptyPoolWaitMs : Infinity;
    this.deadlineMs = Math.min(plan.deadlineMs, emptyPoolDeadlineMs);
    plan.series.ongoing(1);
    response.on("close", () => this.#onClientClose());
  }

  /** Sends the request as soon as a replica has room. */
  start(body: RequestBody): void {
    if (this.#isDone) return;
    const readBytes = body.kind === "stream" ? body.first.length : body.kind === "whole" ? body.bytes.length : 0;
    if (readBytes > this.#maxBodyBytes) return this.#refuseBody();
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
    // Nothing of it was sent yet, so it may go with the revision that took over from the one whose pool is gone.
    const next = refusal === "closed" ? this.#reroute(this.#plan) : null;
    if (next !== null) return this.#moveTo(next.plan, next.pool);
    this.#fail(describeRefusal(refusal, this.#plan, this.#pool.queued, this.#ports.now()));
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
    const head = buildRequestHead(this.#request, this.#plan, this.#attempts, this.#ports.now());
    const body = this.#body;
    try {
      if (body.kind === "stream") {
        this.#stream = connection.openRequest(head, this);
        this.#upload = new BodyUpload(this.#request, this.#stream, body.first, this.#maxBodyBytes, () =>
          this.#refuseBody(),
        );
      } else this.#stream = connection.request(head, body.kind === "whole" ? body.bytes : undefined, this);
    } catch (error) {
      if (this.#replica === replica) this.onError(asWireError(error));
    }
  }

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.#isDone || head.kind !== "http") return;
    const hasKnownLength = isComplete && mayHaveBody(this.#request.method, head.status);
    const length = hasKnownLength ? inlineBody.length : -1;
    const headers = buildAnswerHead(this.#plan, this.#replica?.replicaId ?? "", head.headers, length);
    if (!this.#writeHead(head.status, headers)) return;
    if (isComplete) this.#response.end(inlineBody);
    else if (inlineBody.length > 0) this.#response.write(inlineBody);
    else this.#response.flushHeaders();
  }

  /** User code may answer what HTTP cannot carry; that must not end the connection which others use as well. */
  #writeHead(status: number, headers: string[]): boolean {
    try {
      // 1xx would leave the client waiting for the real answer.
      if (status < 200) throw new RangeError(`Invalid status code: ${String(status)}`);
      this.#response.writeHead(status, headers);
      return true;
    } catch (error) {
      this.#stream?.cancel(CancelCode.callerGone, "the answer's head is not HTTP");
      const why = error instanceof Error ? error.message : String(error);
      this.#fail({ code: "replica/bad_answer", detail: `The replica's answer is not valid HTTP. ${why}` });
      return false;
    }
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
      this.#pool.markDown(replica.replicaId, downMs);
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
    // The only replica cannot be reached: the request waits for it or for its successor.
    if (error.outcome === "taken" || this.#pool.replicaCount > 1) this.#attempts += 1;
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

  /** More came than the client may send. The rest of it is not read. */
  #refuseBody(): void {
    if (this.#isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the body is over the limit");
    if (!this.#response.headersSent) this.#response.setHeader("connection", "close");
    this.#fail(describeLongBody(this.#maxBodyBytes));
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
