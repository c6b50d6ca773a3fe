import type { Socket } from "node:net";
import { closedListener } from "../exchange/closed-listener.ts";
import type { HeaderPairs } from "../exchange/exchange.ts";
import { AnswerWriter } from "./answer-writer.ts";
import { encodeAnswerHead, Framing } from "./answer-head.ts";
import { ChunkedBody, ChunkFault } from "./chunked-body.ts";
import { Http1Exchange, type ExchangeConnection } from "./http1-exchange.ts";
import type { EdgeLimits } from "./limits.ts";
import { parseHead } from "./parse-head.ts";
import { planFraming } from "./plan-framing.ts";

/** What a connection uses of its server. */
export interface ConnectionHost {
  readonly limits: EdgeLimits;
  readonly isStopping: boolean;
  /** Monotonic milliseconds, true to the second: for time limits, which need no more. */
  readonly coarseNowMs: number;
  onExchange(exchange: Http1Exchange): void;
  /** A client that cannot be understood is told why; there is no exchange for it. */
  faultAnswer(status: number, reason: string): { readonly headers: HeaderPairs; readonly body: Buffer };
  /** The client speaks HTTP/2: the socket is given away, with what was read of it. */
  onHttp2(socket: Socket, read: Buffer): void;
  onClosed(connection: Http1Connection): void;
}

/**
 * idle -> head -> body -> answering -> idle ...; `tunnel` after 101; `lingering` once the last answer was written and the client
 * may still be sending (closing at once could cost it the answer, RFC 9112 9.6).
 */
type Phase = "idle" | "head" | "body" | "answering" | "tunnel" | "lingering" | "closed";

/** Bytes of the next requests that are taken while one is answered. */
const maxAheadBytes = 65_536;
/** A body that nobody wants is read to its end up to this size, so that the connection can be used again. */
const maxDiscardBytes = 1_048_576;
const lingerMs = 2_000;
const http2Preface = "PRI * HTTP/2.0";
const headEnd = Buffer.from("\r\n\r\n");

/** One client's HTTP/1.1 connection: requests one after the other, each answered before the next is looked at. */
export class Http1Connection implements ExchangeConnection {
  readonly clientAddress: string;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #writer: AnswerWriter;
  #phase: Phase = "idle";
  /** When the phase began, or its data last moved. */
  #sinceMs: number;
  /** Bytes that were read and not looked at. */
  #ahead: Buffer | null = null;
  #isPumping = false;
  #isPaused = false;
  #exchange: Http1Exchange | null = null;
  #bodyMissing = 0;
  #chunked: ChunkedBody | null = null;
  #discardedBytes = 0;
  #framing: Framing = Framing.none;
  #answerMissing = 0;
  #flushedBytes = -1;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#writer = new AnswerWriter(socket);
    this.#sinceMs = host.coarseNowMs;
    this.clientAddress = socket.remoteAddress ?? "";
    socket.on("data", this.#onData);
    socket.on("drain", this.#onDrain);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  get isIdle(): boolean {
    return this.#phase === "idle" && this.#ahead === null;
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Lets go of a client that takes too long. Called about every second. */
  sweep(nowMs: number): void {
    const { limits } = this.#host;
    const forMs = nowMs - this.#sinceMs;
    if (this.#phase === "idle" && forMs > limits.keepAliveTimeoutMs) this.destroy();
    else if (this.#phase === "lingering" && forMs > lingerMs) this.destroy();
    else if (this.#phase === "head" && forMs > limits.headTimeoutMs)
      this.#refuse(408, "The head of the request took too long.");
    else if (this.#phase === "body" && !this.#isPaused && forMs > limits.stallTimeoutMs) this.#onStalledBody();
    else if (this.#socket.writableLength > 0 && this.#isWriteStalled(nowMs)) this.destroy();
  }

  startBody(exchange: Http1Exchange): void {
    if (exchange.head.upgrade !== "") return;
    if (this.#phase !== "body") {
      exchange.listener.onBodyEnd();
      return;
    }
    if (exchange.head.expectsContinue && this.#ahead === null)
      this.#socket.write("HTTP/1.1 100 Continue\r\n\r\n", "latin1");
    this.#pump();
  }

  setPaused(exchange: Http1Exchange, isPaused: boolean): void {
    if (this.#exchange !== exchange || this.#isPaused === isPaused) return;
    this.#isPaused = isPaused;
    this.#sinceMs = this.#host.coarseNowMs;
    if (isPaused) this.#socket.pause();
    else {
      this.#pump();
      if (!this.#isPaused) this.#socket.resume();
    }
  }

  sendWhole(exchange: Http1Exchange, status: number, headers: HeaderPairs, body: Buffer | undefined): void {
    const plan = planFraming(exchange.head, status, headers, body?.length ?? 0);
    const close = this.#mustClose(exchange, plan.framing);
    const text = encodeAnswerHead(
      status,
      headers,
      plan.framing,
      plan.announcedBytes,
      connectionField(exchange, close),
      Date.now(),
    );
    exchange.isAnswered = true;
    exchange.status = status;
    this.#writer.whole(text, plan.framing === Framing.none ? undefined : body);
    this.#finish(exchange, close);
  }

  sendHead(exchange: Http1Exchange, status: number, headers: HeaderPairs): void {
    const plan = planFraming(exchange.head, status, headers, -1);
    const isTunnel = status === 101;
    const close = this.#mustClose(exchange, plan.framing);
    const pairs = isTunnel ? [...headers, "upgrade", exchange.head.upgrade] : headers;
    const field = isTunnel ? "upgrade" : connectionField(exchange, close);
    const text = encodeAnswerHead(status, pairs, plan.framing, -1, field, Date.now());
    exchange.isAnswered = true;
    exchange.status = status;
    this.#framing = plan.framing;
    this.#answerMissing = plan.missingBytes;
    this.#writer.head(text);
    if (close) exchange.mustClose = true;
    if (!isTunnel) return;
    this.#phase = "tunnel";
    this.#pump();
  }

  sendPiece(exchange: Http1Exchange, piece: Buffer): boolean {
    if (this.#exchange !== exchange || piece.length === 0) return true;
    switch (this.#framing) {
      case Framing.none:
        return true;
      case Framing.chunked:
        return this.#writer.chunk(piece);
      case Framing.untilClose:
        return this.#writer.raw(piece);
      case Framing.length:
        this.#answerMissing -= piece.length;
        if (this.#answerMissing >= 0) return this.#writer.raw(piece);
        this.cut(exchange);
        return true;
    }
  }

  sendEnd(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    // Fewer bytes than announced: only a broken connection tells the client.
    if (this.#framing === Framing.length && this.#answerMissing !== 0) return this.cut(exchange);
    if (this.#framing === Framing.chunked) this.#writer.lastChunk();
    this.#finish(exchange, exchange.mustClose || this.#host.isStopping);
  }

  cut(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    this.#release(exchange);
    this.destroy();
  }

  readonly #onData = (chunk: Buffer): void => {
    if (this.#phase === "lingering") {
      this.#discardedBytes += chunk.length;
      if (this.#discardedBytes > maxDiscardBytes) this.destroy();
      return;
    }
    this.#ahead = this.#ahead === null ? chunk : Buffer.concat([this.#ahead, chunk]);
    this.#pump();
    if (this.#ahead !== null && this.#phase === "answering" && this.#ahead.length > maxAheadBytes) this.#socket.pause();
  };

  /** Looks at what was read, as far as the phase allows. Never nested: an answer given at once comes back to this loop. */
  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#ahead !== null && !this.#isPaused && this.#advance(this.#ahead)) continue;
    this.#isPumping = false;
  }

  /** One step; false when more bytes, or the end of the answer, must come first. */
  #advance(input: Buffer): boolean {
    switch (this.#phase) {
      case "idle":
      case "head":
        return !this.#socket.writableNeedDrain && this.#readHead(input);
      case "body":
        return this.#readBody(input);
      case "tunnel":
        this.#ahead = null;
        this.#exchange?.listener.onBodyData(input);
        return true;
      case "lingering":
      case "closed":
        this.#ahead = null;
        return false;
      case "answering":
        return false;
    }
  }

  #readHead(input: Buffer): boolean {
    let start = 0;
    // An empty line before a request is forgiven (RFC 9112 2.2).
    while (start < input.length && (input[start] === 0x0d || input[start] === 0x0a)) start += 1;
    const end = input.indexOf(headEnd, start);
    const { maxHeadBytes } = this.#host.limits;
    if ((end < 0 ? input.length : end + headEnd.length) - start > maxHeadBytes || start > 64) {
      this.#refuse(431, `The head of the request has more than ${String(maxHeadBytes)} bytes.`);
      return false;
    }
    if (end < 0) {
      if (this.#phase === "idle") this.#sinceMs = this.#host.coarseNowMs;
      this.#phase = "head";
      return false;
    }
    const text = input.toString("latin1", start, end);
    if (text === http2Preface) {
      this.#giveAway(input.subarray(start));
      return false;
    }
    const head = parseHead(text);
    if (head.kind === "fault") {
      this.#refuse(head.status, head.reason);
      return false;
    }
    const next = end + headEnd.length;
    this.#ahead = next < input.length ? input.subarray(next) : null;
    this.#sinceMs = this.#host.coarseNowMs;
    this.#bodyMissing = head.bodyBytes;
    this.#chunked = head.bodyBytes < 0 ? new ChunkedBody() : null;
    this.#discardedBytes = 0;
    this.#phase = head.bodyBytes === 0 ? "answering" : "body";
    const exchange = new Http1Exchange(this, head);
    this.#exchange = exchange;
    this.#host.onExchange(exchange);
    return true;
  }

  #readBody(input: Buffer): boolean {
    this.#sinceMs = this.#host.coarseNowMs;
    this.#ahead = null;
    let used: number;
    if (this.#chunked === null) {
      used = Math.min(input.length, this.#bodyMissing);
      this.#bodyMissing -= used;
      this.#takeBody(used === input.length ? input : input.subarray(0, used));
    } else {
      try {
        used = this.#chunked.read(input, 0, this.#takeBody);
      } catch (error) {
        this.#refuse(400, error instanceof ChunkFault ? error.message : "The body is not valid.");
        return false;
      }
    }
    if (used < input.length && this.#ahead === null) this.#ahead = input.subarray(used);
    if (this.#phase === "body" && this.#isBodyDone()) this.#onBodyComplete();
    return true;
  }

  readonly #takeBody = (piece: Buffer): boolean => {
    const exchange = this.#exchange;
    if (exchange !== null) exchange.listener.onBodyData(piece);
    else {
      this.#discardedBytes += piece.length;
      if (this.#discardedBytes > maxDiscardBytes) this.destroy();
    }
    return !this.#isPaused && this.#phase === "body";
  };

  #isBodyDone(): boolean {
    return this.#chunked === null ? this.#bodyMissing === 0 : this.#chunked.isDone;
  }

  #onBodyComplete(): void {
    const exchange = this.#exchange;
    this.#phase = exchange === null ? "idle" : "answering";
    exchange?.listener.onBodyEnd();
  }

  #mustClose(exchange: Http1Exchange, framing: Framing): boolean {
    const isUnreadable =
      exchange.head.expectsContinue && this.#phase === "body" && exchange.listener === closedListener;
    return (
      exchange.mustClose ||
      !exchange.head.keepAlive ||
      framing === Framing.untilClose ||
      isUnreadable ||
      this.#host.isStopping
    );
  }

  /** The answer is written. The connection goes on with the next request, or closes. */
  #finish(exchange: Http1Exchange, close: boolean): void {
    const isTunnel = this.#phase === "tunnel";
    this.#release(exchange);
    this.#sinceMs = this.#host.coarseNowMs;
    if (close || isTunnel || (this.#phase === "body" && this.#bodyMissing > maxDiscardBytes))
      return this.#closeGently();
    if (this.#phase !== "body") this.#phase = "idle";
    if (this.#ahead !== null) this.#pump();
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  #release(exchange: Http1Exchange): void {
    exchange.isOpen = false;
    exchange.listener = closedListener;
    this.#exchange = null;
    this.#isPaused = false;
  }

  #closeGently(): void {
    this.#phase = "lingering";
    this.#ahead = null;
    this.#discardedBytes = 0;
    this.#socket.end();
    if (this.#socket.isPaused()) this.#socket.resume();
  }

  /** The client's message cannot be understood or does not come: it is told, and whoever worked on it stops. */
  #refuse(status: number, reason: string): void {
    const exchange = this.#exchange;
    if (exchange !== null) {
      const { listener, isAnswered } = exchange;
      this.#release(exchange);
      listener.onClientGone();
      if (isAnswered) return this.destroy();
    }
    const { headers, body } = this.#host.faultAnswer(status, reason);
    this.#writer.whole(encodeAnswerHead(status, headers, Framing.length, body.length, "close", Date.now()), body);
    this.#sinceMs = this.#host.coarseNowMs;
    this.#closeGently();
  }

  #onStalledBody(): void {
    if (this.#exchange === null) this.destroy();
    else this.#refuse(408, "The body of the request stopped coming.");
  }

  #isWriteStalled(nowMs: number): boolean {
    const flushed = this.#socket.bytesWritten - this.#socket.writableLength;
    if (flushed !== this.#flushedBytes) {
      this.#flushedBytes = flushed;
      this.#sinceMs = nowMs;
      return false;
    }
    return nowMs - this.#sinceMs > this.#host.limits.stallTimeoutMs;
  }

  #giveAway(read: Buffer): void {
    const socket = this.#socket;
    this.#phase = "closed";
    this.#ahead = null;
    socket.off("data", this.#onData);
    socket.off("drain", this.#onDrain);
    socket.off("end", this.#onEnd);
    socket.off("error", this.#onError);
    socket.off("close", this.#onClose);
    this.#host.onClosed(this);
    this.#host.onHttp2(socket, read);
  }

  readonly #onDrain = (): void => {
    this.#exchange?.listener.onDrain();
    this.#pump();
  };

  /** The client has sent its last byte. A client that only ends its own direction is as good as gone, except in a tunnel. */
  readonly #onEnd = (): void => {
    if (this.#phase === "tunnel") this.#exchange?.listener.onBodyEnd();
    else if (this.#phase === "lingering") this.destroy();
    else {
      this.#socket.end();
      this.#onGone();
      if (this.#phase !== "closed") this.destroy();
    }
  };

  readonly #onError = (): void => undefined;

  readonly #onClose = (): void => {
    this.#onGone();
    this.#phase = "closed";
    this.#host.onClosed(this);
  };

  #onGone(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const { listener } = exchange;
    this.#release(exchange);
    listener.onClientGone();
  }
}

/** HTTP/1.1 keeps connections unless told otherwise, HTTP/1.0 the other way round. */
function connectionField(exchange: Http1Exchange, close: boolean): "close" | "keep-alive" | "" {
  if (close) return "close";
  return exchange.head.isOld ? "keep-alive" : "";
}
