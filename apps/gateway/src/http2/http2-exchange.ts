import type { OutgoingHttpHeaders, ServerHttp2Stream } from "node:http2";
import { closedListener } from "../exchange/closed-listener.ts";
import type { Exchange, ExchangeListener, HeaderPairs } from "../exchange/exchange.ts";

/** A stream's head as the edge needs it; pseudo-headers are taken apart. */
export interface Http2Head {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly headers: HeaderPairs;
}

const emptyBody = Buffer.alloc(0);

/** One request on an HTTP/2 stream. */
export class Http2Exchange implements Exchange {
  readonly upgrade = "";
  readonly clientAddress: string;
  readonly bodyBytes: number | undefined;
  isOpen = true;
  isAnswered = false;
  status = 0;
  readonly #stream: ServerHttp2Stream;
  readonly #head: Http2Head;
  #listener: ExchangeListener = closedListener;
  #isBodyTold = false;
  /** Of the answer's announced body; NaN when nothing was announced. */
  #missingBytes = NaN;

  constructor(stream: ServerHttp2Stream, head: Http2Head) {
    this.#stream = stream;
    this.#head = head;
    this.clientAddress = stream.session?.socket.remoteAddress ?? "";
    this.bodyBytes = stream.endAfterHeaders ? 0 : announcedBytes(this.header("content-length"));
    stream.on("close", () => this.#onGone());
    // What ends a stream early comes as "close", too; there is nobody to tell about the reason.
    stream.on("error", () => undefined);
    stream.on("drain", () => this.#listener.onDrain());
  }

  get method(): string {
    return this.#head.method;
  }

  get target(): string {
    return this.#head.target;
  }

  get host(): string | undefined {
    return this.#head.host;
  }

  get headers(): HeaderPairs {
    return this.#head.headers;
  }

  header(name: string): string | undefined {
    return valueOf(this.#head.headers, name);
  }

  follow(listener: ExchangeListener): void {
    this.#listener = listener;
    if (this.bodyBytes === 0) return this.#tellBodyEnd();
    this.#stream.on("data", (piece: Buffer) => this.#listener.onBodyData(piece));
    this.#stream.on("end", () => this.#tellBodyEnd());
  }

  pause(): void {
    this.#stream.pause();
  }

  resume(): void {
    this.#stream.resume();
  }

  answer(status: number, headers: HeaderPairs, body: Buffer | undefined): void {
    if (!this.isOpen || this.isAnswered) return;
    const hasBody = this.method !== "HEAD" && status !== 204 && status !== 304;
    const bytes = hasBody ? (body ?? emptyBody) : undefined;
    this.#respond(status, headers, bytes?.length ?? -1, bytes === undefined || bytes.length === 0);
    if (bytes !== undefined && bytes.length > 0) this.#stream.end(Buffer.from(bytes));
    this.#finish();
  }

  startAnswer(status: number, headers: HeaderPairs): void {
    if (!this.isOpen || this.isAnswered) return;
    this.#respond(status, headers, -1, false);
    const hasBody = this.method !== "HEAD" && status !== 204 && status !== 304;
    if (hasBody) this.#missingBytes = announcedBytes(valueOf(headers, "content-length")) ?? NaN;
  }

  write(piece: Buffer): boolean {
    if (!this.isOpen || !this.isAnswered || piece.length === 0 || this.method === "HEAD") return true;
    this.#missingBytes -= piece.length;
    if (this.#missingBytes >= 0 || Number.isNaN(this.#missingBytes)) return this.#stream.write(Buffer.from(piece));
    this.#break("is longer than announced");
    return true;
  }

  end(): void {
    if (!this.isOpen || !this.isAnswered) return;
    if (this.#missingBytes > 0) return this.#break("is shorter than announced");
    this.#stream.end();
    this.#finish();
  }

  abort(): void {
    if (!this.isOpen) return;
    this.#finish();
    // With `close` Node ends the stream in order before it resets it, and the client takes what it has for a whole answer.
    this.#stream.destroy(new Error("the answer broke off"));
  }

  #break(why: string): void {
    const listener = this.#listener;
    this.abort();
    listener.onBroken(why);
  }

  /** Nothing to close: the rest of a body on one stream holds up no other. */
  closeAfterAnswer(): void {
    return;
  }

  #respond(status: number, headers: HeaderPairs, bodyBytes: number, endStream: boolean): void {
    const pairs: OutgoingHttpHeaders = { ":status": status };
    for (let index = 0; index + 1 < headers.length; index += 2)
      addHeader(pairs, headers[index] ?? "", headers[index + 1] ?? "");
    if (bodyBytes >= 0) pairs["content-length"] = bodyBytes;
    this.#stream.respond(pairs, { endStream });
    this.isAnswered = true;
    this.status = status;
  }

  /** An answer may be complete before the request: the rest of its body is not wanted (RFC 9113 8.1). */
  #finish(): void {
    this.isOpen = false;
    this.#listener = closedListener;
    if (!this.#isBodyTold && !this.#stream.endAfterHeaders) this.#stream.resume();
  }

  #tellBodyEnd(): void {
    if (this.#isBodyTold) return;
    this.#isBodyTold = true;
    this.#listener.onBodyEnd();
  }

  #onGone(): void {
    if (!this.isOpen) return;
    const listener = this.#listener;
    this.isOpen = false;
    this.#listener = closedListener;
    listener.onClientGone();
  }
}

function addHeader(pairs: OutgoingHttpHeaders, name: string, value: string): void {
  const before = pairs[name];
  if (before === undefined) pairs[name] = value;
  else pairs[name] = Array.isArray(before) ? [...before, value] : [String(before), value];
}

function valueOf(headers: HeaderPairs, name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return headers[index + 1];
  return undefined;
}

function announcedBytes(value: string | undefined): number | undefined {
  return value !== undefined && /^\d{1,15}$/.test(value) ? Number(value) : undefined;
}
