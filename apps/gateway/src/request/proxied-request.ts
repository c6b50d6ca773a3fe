import { errorStatus } from "@sluice/contracts";
import {
  CancelCode,
  type AnswerEvents,
  type ClientConnection,
  type ClientStream,
  type ResponseHead,
} from "@sluice/wire";
import type { ExchangeListener } from "../exchange/exchange.ts";
import { buildAnswerHead } from "./answer-head.ts";
import { describeLongBody } from "./describe-failure.ts";
import { RequestBody, type BodyEvents } from "./request-body.ts";
import { buildRequestHead } from "./request-head.ts";
import { RoutedRequest } from "./routed-request.ts";
import { SlowClient } from "./slow-client.ts";

/** One request on its way between its client and a replica: the body goes up, the answer streams back. */
export class ProxiedRequest extends RoutedRequest implements AnswerEvents, ExchangeListener, BodyEvents {
  #stream: ClientStream | null = null;
  /** These two exist only for requests with a body and for slow readers. */
  #body: RequestBody | null = null;
  #slowClient: SlowClient | null = null;

  /** Sends the request as soon as enough of its body is here and a replica has room. */
  start(): void {
    const { exchange } = this;
    const hasBody = exchange.bodyBytes !== 0 || exchange.upgrade !== "";
    if (hasBody) this.#body = new RequestBody(exchange, this.limits.maxBodyBytes, this);
    exchange.follow(this);
    // A protocol that takes over has no body to wait for: its bytes come after the answer's head.
    if (!hasBody || exchange.upgrade !== "") this.acquire();
  }

  // What the client sends.

  onBodyData(piece: Buffer): void {
    this.#body?.onData(piece);
  }

  onBodyEnd(): void {
    this.#body?.onEnd();
  }

  onBodyReady(): void {
    if (!this.isDone) this.acquire();
  }

  /** More came than the client may send. The rest of it is not read. */
  onBodyTooLong(): void {
    if (this.isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the body is over the limit");
    this.exchange.closeAfterAnswer();
    this.fail(describeLongBody(this.limits.maxBodyBytes));
  }

  onDrain(): void {
    this.#slowClient?.settle();
  }

  onClientGone(): void {
    if (this.isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the client closed the connection");
    if (this.isQueued) this.pool.cancel(this);
    // Conversations end by somebody leaving.
    this.finish(this.agreedMs === undefined ? 499 : 101);
  }

  // What the replica answers.

  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void {
    if (this.isDone || head.kind !== "http") return;
    if (this.replica !== null) this.pool.heardFrom(this.replica);
    this.answeredBy = this.replica?.replicaId ?? "";
    const headers = buildAnswerHead(this.plan, this.answeredBy, head.headers, {
      queuedMs: this.queuedMs,
      waitReason: this.waitReason,
      retries: this.retries,
      retryReason: this.retryReason,
    });
    const { status } = head;
    if (status === 101) this.agreedMs = this.ports.now();
    try {
      // 1xx would leave the client waiting for the real answer, unless it asked to change the protocol.
      if (status < 200 && (status !== 101 || this.exchange.upgrade === "")) {
        throw new RangeError(`Invalid status code: ${String(status)}`);
      }
      if (isComplete) return this.exchange.answer(status, headers, inlineBody);
      this.exchange.startAnswer(status, headers);
    } catch (error) {
      return this.#onBadAnswer(error);
    }
    if (inlineBody.length > 0) this.onData(inlineBody);
  }

  onData(chunk: Buffer): boolean {
    if (this.isDone || this.exchange.write(chunk)) return true;
    this.#slowClient ??= new SlowClient((bytes) => this.#stream?.consumed(bytes));
    this.#slowClient.owe(chunk.length);
    return false;
  }

  onEnd(): void {
    this.exchange.end();
    this.finish(this.exchange.status);
  }

  /** The client has been cut off: what it got looks like no whole answer. */
  onBroken(why: string): void {
    if (this.isDone) return;
    this.#stream?.cancel(CancelCode.callerGone, "the answer is not what its head announced");
    this.ports.tellBroken(this.plan, this.answeredBy, `the answer ${why}`);
    this.finish(errorStatus["replica/bad_answer"]);
  }

  /** User code may answer what HTTP cannot carry; that must not end the connection which others use as well. */
  #onBadAnswer(error: unknown): void {
    this.#stream?.cancel(CancelCode.callerGone, "the answer's head is not HTTP");
    const why = error instanceof Error ? error.message : String(error);
    this.fail({ code: "replica/bad_answer", detail: `The replica's answer is not valid HTTP. ${why}` });
  }

  // One try.

  protected override send(connection: ClientConnection, nowMs: number): void {
    const head = buildRequestHead(this.exchange, this.plan, this.attempts, nowMs);
    const body = this.#body;
    if (body?.isStreaming === true) {
      this.#stream = connection.openRequest(head, this);
      body.sendOn(this.#stream);
    } else this.#stream = connection.request(head, body?.whole(), this);
  }

  protected override forgetTry(): void {
    this.#stream = null;
  }

  protected override takeBodyBack(): void {
    if (this.#body?.isStreaming === true) this.#body.takeBack();
  }

  protected override isBodyGone(): boolean {
    return this.#body?.isReplayable === false;
  }
}
