/**
 * One request on its way: waits for a replica, is sent, may be sent again to another one, and its answer streams back. One
 * object per request plays the waiter of the router and the sink of the wire, so that the common path allocates little.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { ErrorCode, RoutingSlice } from "@sluice/contracts";
import { decideRetry, type PoolReplica, type PoolRouter, type TryOutcome, type WaitRefusal } from "@sluice/router";
import {
  CancelCode,
  RejectCode,
  WireError,
  type AnswerEvents,
  type ClientConnection,
  type ClientStream,
  type HttpRequestHead,
  type Reject,
  type ResponseHead,
} from "@sluice/wire";
import { answerProblem } from "../http/answer-problem.ts";
import { answerHeaders, forwardRequestHeaders } from "./headers.ts";
import type { RequestBody } from "./read-body.ts";
import type { RequestPlan, RequestPorts } from "./request-plan.ts";

/** A replica whose connection broke is left alone this long, or until it answers a dial. */
const downMs = 1_000;
/** A request that has no deadline of its own waits at most this long for the first replica of an empty pool. */
export const emptyPoolWaitMs = 60_000;

const none: readonly never[] = Object.freeze([]);

export class ProxiedRequest implements AnswerEvents {
  order = -1;
  readonly deadlineMs: number;
  excluded: Set<string> | null = null;

  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #plan: RequestPlan;
  readonly #ports: RequestPorts;
  readonly #pool: PoolRouter;
  readonly #slice: RoutingSlice;
  #body: RequestBody = { kind: "none" };
  #replica: PoolReplica | null = null;
  #stream: ClientStream | null = null;
  #attempts = 0;
  #deaths = 0;
  #isQueued = false;
  #isDone = false;
  /** Answer bytes handed to the client's socket that it has not taken yet. */
  #undrainedBytes = 0;
  /** Body bytes beyond the first piece were taken from the client: the request cannot be sent again. */
  #bodyIsFlowing = false;

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
    this.#slice = plan.slice;
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
    const name = this.#slice.application;
    if (refusal === "queue_full") {
      return this.#fail(
        "gateway/queue_full",
        `Application ${name} is at its limit: ${String(this.#pool.queued)} requests wait already (max_queued_requests). Try again later.`,
        1,
      );
    }
    if (refusal === "deadline" && this.#plan.deadlineMs <= this.#ports.now()) {
      return this.#fail("gateway/deadline", `No replica of ${name} became free before the request's deadline.`);
    }
    this.#fail(
      "gateway/no_ready_replica",
      `Application ${name} has no ready replica${this.#slice.message === "" ? "." : `: ${this.#slice.message}`}`,
      1,
    );
  }

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.#isDone || head.kind !== "http") return;
    const replica = this.#replica;
    const own = [
      "x-request-id",
      this.#plan.requestId,
      "x-sluice-revision",
      this.#plan.revision,
      "x-sluice-replica",
      replica?.replicaId ?? "",
    ];
    if (this.#plan.clientRequestId !== "") own.push("x-client-request-id", this.#plan.clientRequestId);
    this.#response.writeHead(
      head.status,
      answerHeaders(
        head.headers,
        own,
        isComplete && mayHaveBody(this.#request.method, head.status) ? inlineBody.length : -1,
      ),
    );
    if (isComplete) this.#response.end(inlineBody);
    else if (inlineBody.length > 0) this.#response.write(inlineBody);
    else this.#response.flushHeaders();
  }

  onData(chunk: Buffer): boolean {
    if (this.#isDone) return true;
    if (this.#response.write(chunk)) return true;
    // The client reads slower than the replica writes: the replica gets credit again when the socket has drained.
    if (this.#undrainedBytes === 0) {
      this.#response.once("drain", () => {
        const bytes = this.#undrainedBytes;
        this.#undrainedBytes = 0;
        this.#stream?.consumed(bytes);
      });
    }
    this.#undrainedBytes += chunk.length;
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
    if (error.code === "deadline_exceeded") {
      return this.#fail(
        "gateway/deadline",
        `The answer did not come within ${String(Math.round(this.#plan.deadlineMs - this.#plan.startedMs))} ms.`,
      );
    }
    this.#attempts += 1;
    this.#tryAgain(outcomeOf(error), error.message);
  }

  #acquire(): void {
    const replica = this.#pool.tryAcquire(this);
    if (replica !== undefined) return this.onGrant(replica);
    this.#isQueued = true;
    this.#plan.series.queued(1);
    this.#pool.wait(this);
  }

  #send(connection: ClientConnection, replica: PoolReplica): void {
    const plan = this.#plan;
    // A literal with every field, always in this order: the engine sees one shape, and nothing is copied.
    const head: HttpRequestHead = {
      requestId: plan.requestId,
      traceparent: plan.traceparent,
      application: this.#slice.application,
      revision: plan.revisionNumber,
      deployment: plan.deployment,
      route: this.#slice.routePrefix ?? "",
      caller: "",
      stickyKey: "",
      multiplexedModelId: "",
      deadlineMs: plan.deadlineMs === Infinity ? 0 : Math.max(1, Math.ceil(plan.deadlineMs - this.#ports.now())),
      attempt: this.#attempts,
      splitChoices: none,
      extras: none,
      kind: "http",
      method: this.#request.method ?? "GET",
      target: this.#request.url ?? "/",
      clientAddress: this.#request.socket.remoteAddress ?? "",
      headers: forwardRequestHeaders(this.#request.rawHeaders),
    };
    try {
      if (this.#body.kind === "stream") this.#sendStreaming(connection.openRequest(head, this), this.#body.first);
      else this.#stream = connection.request(head, this.#body.kind === "whole" ? this.#body.bytes : undefined, this);
    } catch (error) {
      if (this.#replica === replica) this.onError(asWireError(error));
    }
  }

  #sendStreaming(stream: ClientStream, first: Buffer): void {
    this.#stream = stream;
    stream.write(first);
    const request = this.#request;
    const onData = (piece: Buffer) => {
      this.#bodyIsFlowing = true;
      if (stream.write(piece)) return;
      request.pause();
      void stream.drained().then(() => request.resume());
    };
    const onEnd = () => stream.end();
    request.on("data", onData);
    request.on("end", onEnd);
    void stream.drained().then(() => request.resume());
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
    if (decision.retry && !this.#bodyIsFlowing) {
      this.#plan.series.retry();
      return this.#acquire();
    }
    if (outcome === "rejected") {
      return this.#fail(
        "gateway/no_ready_replica",
        "The replica refused the request after part of its body had been sent. Try again.",
        1,
      );
    }
    this.#fail(
      "replica/lost",
      `The replica was lost while it had the request (${why}); not repeated: ${decision.reason}.`,
    );
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

  #fail(code: ErrorCode, detail: string, retryAfterS?: number): void {
    if (this.#isDone) return;
    const problem = { code, detail, requestId: this.#plan.requestId };
    answerProblem(this.#response, retryAfterS === undefined ? problem : { ...problem, retryAfterS });
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

function outcomeOf(error: WireError): TryOutcome {
  if (error.outcome === "taken") return "taken";
  return error.code === "going_away" ? "above_goaway" : "never_written";
}

/** Answers that have no body say nothing about its length (RFC 9110 8.6). */
function mayHaveBody(method: string | undefined, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}

function isConnectionLoss(error: WireError): boolean {
  return error.code !== "cancelled" && error.code !== "deadline_exceeded" && error.code !== "rejected";
}

function asWireError(error: unknown): WireError {
  return error instanceof WireError
    ? error
    : new WireError("internal", error instanceof Error ? error.message : String(error), "safe", error);
}
