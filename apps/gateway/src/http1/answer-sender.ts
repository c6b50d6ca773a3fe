import type { Socket } from "node:net";
import type { HeaderPairs } from "../exchange/exchange.ts";
import { encodeAnswerHead, Framing } from "./answer-head.ts";
import { AnswerWriter } from "./answer-writer.ts";
import type { ParsedHead } from "./parse-head.ts";
import { planFraming } from "./plan-framing.ts";

/** Puts answers on a client's socket and keeps count, so that no answer can run into the next one. */
export class AnswerSender {
  readonly #writer: AnswerWriter;
  #framing: Framing = Framing.none;
  #missingBytes = 0;

  constructor(socket: Socket) {
    this.#writer = new AnswerWriter(socket);
  }

  /** The end of the answer that runs is told by the end of the connection. */
  get endsByClose(): boolean {
    return this.#framing === Framing.untilClose;
  }

  /** A whole answer. Throws when its head is not valid HTTP; then nothing was sent. */
  whole(request: ParsedHead, status: number, headers: HeaderPairs, body: Buffer | undefined, close: boolean): void {
    const plan = planFraming(request, status, headers, body?.length ?? 0);
    const field = connectionField(request, close);
    const text = encodeAnswerHead(status, headers, plan.framing, plan.announcedBytes, field, Date.now());
    this.#framing = plan.framing;
    this.#writer.whole(text, plan.framing === Framing.none ? undefined : body);
  }

  /** Tells a client that asks first that its body is wanted. */
  goOn(): void {
    this.#writer.whole("HTTP/1.1 100 Continue\r\n\r\n", undefined);
  }

  /** An answer that belongs to no request: the connection is closed behind it. */
  fault(status: number, headers: HeaderPairs, body: Buffer): void {
    this.#framing = Framing.length;
    this.#writer.whole(encodeAnswerHead(status, headers, Framing.length, body.length, "close", Date.now()), body);
  }

  /** The head of an answer that streams. True when only the end of the connection can end it. Throws as `whole` does. */
  start(request: ParsedHead, status: number, headers: HeaderPairs, close: boolean): boolean {
    const plan = planFraming(request, status, headers, -1);
    const mustClose = plan.framing === Framing.untilClose;
    const isTunnel = status === 101;
    const pairs = isTunnel ? [...headers, "upgrade", request.upgrade] : headers;
    const field = isTunnel ? "upgrade" : connectionField(request, close || mustClose);
    const text = encodeAnswerHead(status, pairs, plan.framing, plan.announcedBytes, field, Date.now());
    this.#framing = plan.framing;
    this.#missingBytes = plan.missingBytes;
    this.#writer.head(text);
    return mustClose;
  }

  /** False when so many bytes more are not what the head announced. */
  mayTake(bytes: number): boolean {
    return this.#framing !== Framing.length || bytes <= this.#missingBytes;
  }

  /** A piece of the body. False when the socket is full. */
  piece(piece: Buffer): boolean {
    switch (this.#framing) {
      case Framing.none:
        return true;
      case Framing.chunked:
        return this.#writer.chunk(piece);
      case Framing.untilClose:
        return this.#writer.raw(piece);
      case Framing.length:
        this.#missingBytes -= piece.length;
        return this.#writer.raw(piece);
    }
  }

  /** Gives memory back that the client's socket has taken. */
  reclaim(): void {
    this.#writer.reclaim();
  }

  /** Sends what was given so far, before the connection is cut: the client sees an answer that is not complete, not none. */
  flush(): void {
    this.#writer.flush();
  }

  /** False when fewer bytes came than were announced: only a broken connection can tell the client. */
  end(): boolean {
    if (this.#framing === Framing.length && this.#missingBytes !== 0) return false;
    if (this.#framing === Framing.chunked) this.#writer.lastChunk();
    return true;
  }
}

/** HTTP/1.1 keeps connections unless told otherwise, HTTP/1.0 the other way round. */
function connectionField(request: ParsedHead, close: boolean): "close" | "keep-alive" | "" {
  if (close) return "close";
  return request.isOld ? "keep-alive" : "";
}
