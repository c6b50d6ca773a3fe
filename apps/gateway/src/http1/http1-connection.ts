import type { Socket } from "node:net";
import { readLent, stopReadingLent } from "@sluice/wire";
import { closedListener } from "../exchange/closed-listener.ts";
import type { HeaderPairs } from "../exchange/exchange.ts";
import { AnswerSender } from "./answer-sender.ts";
import { ClientClock } from "./client-clock.ts";
import { Http1Exchange, type ExchangeConnection } from "./http1-exchange.ts";
import type { EdgeLimits } from "../edge/limits.ts";
import type { ParsedHead } from "./parse-head.ts";
import { RequestReader, type ReadEvents } from "./request-reader.ts";

/** What a connection uses of its server. */
export interface ConnectionHost {
  readonly limits: EdgeLimits;
  readonly isStopping: boolean;
  /** Monotonic milliseconds, true to the last sweep: for time limits, which need no more. */
  readonly coarseNowMs: number;
  onExchange(exchange: Http1Exchange): void;
  /** A client that cannot be understood is told why; there is no exchange for it. */
  faultAnswer(status: number, reason: string): { readonly headers: HeaderPairs; readonly body: Buffer };
  /** The client speaks HTTP/2: the socket is given away, with what was read of it. */
  onHttp2(socket: Socket, read: Buffer): void;
  onClosed(connection: Http1Connection): void;
}

/** Bytes of the next requests that are taken while one is answered. */
const maxAheadBytes = 65_536;
/** A body that nobody wants is read to its end up to this size, so that the connection can be used again. */
const maxDiscardBytes = 1_048_576;

/** One client's HTTP/1.1 connection: requests one after the other, each answered before the next is looked at. */
export class Http1Connection implements ExchangeConnection, ReadEvents {
  readonly clientAddress: string;
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #reader: RequestReader;
  readonly #sender: AnswerSender;
  #exchange: Http1Exchange | null = null;
  readonly #clock: ClientClock;
  #discardedBytes = 0;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = socket;
    this.#host = host;
    this.#reader = new RequestReader(this, host.limits.maxHeadBytes);
    this.#sender = new AnswerSender(socket);
    this.#clock = new ClientClock(host.coarseNowMs);
    this.clientAddress = socket.remoteAddress ?? "";
    readLent(socket, this.#onData);
    socket.on("drain", this.#onDrain);
    socket.on("end", this.#onEnd);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
  }

  /** Nothing is lost when it is closed now. */
  get isIdle(): boolean {
    return this.#reader.phase === "idle" && this.#reader.aheadBytes === 0 && this.#socket.writableLength === 0;
  }

  destroy(): void {
    this.#reader.phase = "closed";
    this.#socket.destroy();
  }

  /** Lets go of a client that takes too long. Called at least every second. */
  sweep(nowMs: number): void {
    this.#sender.reclaim();
    const { phase, isPaused } = this.#reader;
    const verdict = this.#clock.judge(nowMs, phase, isPaused, this.#socket, this.#host.limits);
    if (verdict === "close") this.destroy();
    else if (verdict === "head late")
      this.#refuse(408, "The head of the request took too long (SLUICE_HEAD_TIMEOUT_S).");
    else if (verdict === "body stalled")
      this.#refuse(408, "The body of the request stopped coming (SLUICE_STALL_TIMEOUT_S).");
  }

  // What the exchange asks.

  startBody(exchange: Http1Exchange): void {
    const reader = this.#reader;
    if (reader.phase !== "body") {
      if (exchange.head.upgrade === "") exchange.listener.onBodyEnd();
      return;
    }
    if (exchange.head.expectsContinue && reader.aheadBytes === 0) this.#sender.goOn();
    this.setPaused(exchange, false);
  }

  setPaused(exchange: Http1Exchange, isPaused: boolean): void {
    const reader = this.#reader;
    if (this.#exchange !== exchange || reader.isPaused === isPaused) return;
    reader.isPaused = isPaused;
    this.#clock.moved(this.#host.coarseNowMs);
    if (!isPaused) reader.pump();
    this.#regulate();
  }

  sendWhole(exchange: Http1Exchange, status: number, headers: HeaderPairs, body: Buffer | undefined): void {
    const close = this.#mustClose(exchange);
    this.#sender.whole(exchange.head, status, headers, body, close);
    exchange.isAnswered = true;
    exchange.status = status;
    this.#finish(exchange, close);
  }

  sendHead(exchange: Http1Exchange, status: number, headers: HeaderPairs): void {
    const close = this.#mustClose(exchange);
    if (this.#sender.start(exchange.head, status, headers, close) || close) exchange.mustClose = true;
    exchange.isAnswered = true;
    exchange.status = status;
    if (status !== 101) return;
    this.#reader.phase = "tunnel";
    this.#reader.pump();
  }

  sendPiece(exchange: Http1Exchange, piece: Buffer): boolean {
    if (this.#exchange !== exchange || piece.length === 0) return true;
    if (this.#sender.mayTake(piece.length)) return this.#sender.piece(piece);
    this.#breakAnswer(exchange, "is longer than announced");
    return true;
  }

  sendEnd(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    if (this.#sender.end()) this.#finish(exchange, exchange.mustClose || this.#host.isStopping);
    else this.#breakAnswer(exchange, "is shorter than announced");
  }

  cut(exchange: Http1Exchange): void {
    if (this.#exchange !== exchange) return;
    this.#release(exchange);
    this.#breakOff(exchange);
  }

  #breakAnswer(exchange: Http1Exchange, why: string): void {
    const { listener } = exchange;
    this.cut(exchange);
    listener.onBroken(why);
  }

  // What the reader tells.

  mayBegin(): boolean {
    return !this.#socket.writableNeedDrain;
  }

  onHeadBegun(): void {
    this.#clock.moved(this.#host.coarseNowMs);
  }

  onHead(head: ParsedHead): void {
    this.#clock.moved(this.#host.coarseNowMs);
    this.#discardedBytes = 0;
    // A body waits until somebody follows it, or it is known that nobody will.
    if (head.bodyBytes !== 0) this.#reader.isPaused = true;
    const exchange = new Http1Exchange(this, head);
    this.#exchange = exchange;
    this.#host.onExchange(exchange);
  }

  onBytes(piece: Buffer): void {
    this.#clock.moved(this.#host.coarseNowMs);
    if (this.#exchange !== null) return this.#exchange.listener.onBodyData(piece);
    this.#discardedBytes += piece.length;
    if (this.#discardedBytes > maxDiscardBytes) this.#closeGently();
  }

  onBodyEnd(): void {
    if (this.#exchange === null) this.#reader.phase = "idle";
    else this.#exchange.listener.onBodyEnd();
  }

  onFault(status: number, reason: string): void {
    this.#refuse(status, reason);
  }

  onHttp2(read: Buffer): void {
    const socket = this.#socket;
    stopReadingLent(socket, this.#onData);
    socket.off("drain", this.#onDrain);
    socket.off("end", this.#onEnd);
    socket.off("error", this.#onError);
    socket.off("close", this.#onClose);
    this.#host.onClosed(this);
    this.#host.onHttp2(socket, read);
  }

  // The socket.

  readonly #onData = (chunk: Buffer): void => {
    const reader = this.#reader;
    if (reader.phase === "lingering") {
      this.#clock.moved(this.#host.coarseNowMs);
      return;
    }
    reader.take(chunk);
    if (reader.aheadBytes > 0 || reader.isPaused) this.#regulate();
  };

  readonly #onDrain = (): void => {
    this.#sender.reclaim();
    this.#exchange?.listener.onDrain();
    this.#reader.pump();
    this.#regulate();
  };

  /** The client has sent its last byte. A client that only ends its own direction is as good as gone, except in a tunnel. */
  readonly #onEnd = (): void => {
    const exchange = this.#exchange;
    if (this.#reader.phase === "tunnel") return exchange?.listener.onBodyEnd();
    this.#onGone();
    if (exchange?.isAnswered === true) this.#breakOff(exchange);
    else if (this.#reader.phase !== "lingering") this.#closeGently();
  };

  readonly #onError = (): void => undefined;

  readonly #onClose = (): void => {
    this.#reader.phase = "closed";
    this.#onGone();
    this.#host.onClosed(this);
  };

  #onGone(): void {
    const exchange = this.#exchange;
    if (exchange === null) return;
    const { listener } = exchange;
    this.#release(exchange);
    listener.onClientGone();
  }

  /** Reads from the socket only while there is room for what comes. */
  #regulate(): void {
    const { phase, isPaused, aheadBytes } = this.#reader;
    const isFull = isPaused || (aheadBytes > maxAheadBytes && phase !== "head");
    if (isFull === this.#socket.isPaused()) return;
    if (isFull) this.#socket.pause();
    else this.#socket.resume();
  }

  // The end of an answer, and of the connection.

  #mustClose(exchange: Http1Exchange): boolean {
    return exchange.mustClose || !exchange.head.keepAlive || this.#host.isStopping || this.#isBodyUnreadable(exchange);
  }

  /** The rest of the request is too long to be read for nothing, or it is not known whether the client will send it. */
  #isBodyUnreadable({ head, listener }: Http1Exchange): boolean {
    if (this.#reader.phase !== "body") return false;
    return this.#reader.missingBytes > maxDiscardBytes || (head.expectsContinue && listener === closedListener);
  }

  /** The answer is written. The connection goes on with the next request, or closes. */
  #finish(exchange: Http1Exchange, close: boolean): void {
    const reader = this.#reader;
    const mustClose = close || reader.phase === "tunnel" || this.#isBodyUnreadable(exchange);
    this.#release(exchange);
    this.#clock.moved(this.#host.coarseNowMs);
    if (mustClose) return this.#closeGently();
    if (reader.phase !== "body") reader.phase = "idle";
    if (reader.aheadBytes > 0) reader.pump();
    if (this.#socket.isPaused()) this.#regulate();
  }

  #release(exchange: Http1Exchange): void {
    exchange.isOpen = false;
    exchange.listener = closedListener;
    this.#exchange = null;
    this.#reader.isPaused = false;
  }

  #closeGently(): void {
    this.#reader.phase = "lingering";
    this.#reader.forgetAhead();
    this.#clock.lingers(this.#host.coarseNowMs);
    this.#sender.flush();
    this.#socket.end();
    this.#regulate();
  }

  /** The answer is not complete, and the client must see that: where only the end of the connection ends it, by a reset. */
  #breakOff(exchange: Http1Exchange): void {
    this.#reader.phase = "closed";
    this.#sender.flush();
    if (exchange.isAnswered && this.#sender.endsByClose && !("encrypted" in this.#socket))
      this.#socket.resetAndDestroy();
    else this.#socket.destroy();
  }

  /** The client's message cannot be understood or does not come: it is told, and whoever worked on it stops. */
  #refuse(status: number, reason: string): void {
    const exchange = this.#exchange;
    // The request has its answer; a second one would be taken for that of the next.
    if (exchange === null && this.#reader.phase === "body") return this.#closeGently();
    this.#onGone();
    if (exchange?.isAnswered === true) return this.#breakOff(exchange);
    const { headers, body } = this.#host.faultAnswer(status, reason);
    this.#sender.fault(status, headers, body);
    this.#closeGently();
  }
}
