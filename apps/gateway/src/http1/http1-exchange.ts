import { closedListener } from "../exchange/closed-listener.ts";
import type { Exchange, ExchangeListener, HeaderPairs } from "../exchange/exchange.ts";
import type { ParsedHead } from "./parse-head.ts";

/** What an exchange asks of the connection it lives on. */
export interface ExchangeConnection {
  readonly clientAddress: string;
  startBody(exchange: Http1Exchange): void;
  setPaused(exchange: Http1Exchange, isPaused: boolean): void;
  sendWhole(exchange: Http1Exchange, status: number, headers: HeaderPairs, body: Buffer | undefined): void;
  sendHead(exchange: Http1Exchange, status: number, headers: HeaderPairs): void;
  sendPiece(exchange: Http1Exchange, piece: Buffer): boolean;
  sendEnd(exchange: Http1Exchange): void;
  cut(exchange: Http1Exchange): void;
}

/** One request on an HTTP/1.1 connection. Outlives nothing: after its end every call does nothing. */
export class Http1Exchange implements Exchange {
  readonly head: ParsedHead;
  /** The one who follows; nobody before `follow` and after the end. */
  listener: ExchangeListener = closedListener;
  isOpen = true;
  isAnswered = false;
  status = 0;
  mustClose = false;
  readonly #connection: ExchangeConnection;

  constructor(connection: ExchangeConnection, head: ParsedHead) {
    this.#connection = connection;
    this.head = head;
  }

  get method(): string {
    return this.head.method;
  }

  get target(): string {
    return this.head.target;
  }

  get headers(): HeaderPairs {
    return this.head.headers;
  }

  get host(): string | undefined {
    return this.head.host;
  }

  get clientAddress(): string {
    return this.#connection.clientAddress;
  }

  get bodyBytes(): number | undefined {
    return this.head.bodyBytes < 0 ? undefined : this.head.bodyBytes;
  }

  get upgrade(): string {
    return this.head.upgrade;
  }

  header(name: string): string | undefined {
    const { headers } = this.head;
    for (let index = 0; index < headers.length; index += 2) if (headers[index] === name) return headers[index + 1];
    return undefined;
  }

  follow(listener: ExchangeListener): void {
    this.listener = listener;
    if (this.isOpen) this.#connection.startBody(this);
  }

  pause(): void {
    this.#connection.setPaused(this, true);
  }

  resume(): void {
    this.#connection.setPaused(this, false);
  }

  answer(status: number, headers: HeaderPairs, body: Buffer | undefined): void {
    if (this.isOpen && !this.isAnswered) this.#connection.sendWhole(this, status, headers, body);
  }

  startAnswer(status: number, headers: HeaderPairs): void {
    if (this.isOpen && !this.isAnswered) this.#connection.sendHead(this, status, headers);
  }

  write(piece: Buffer): boolean {
    return this.isOpen && this.isAnswered ? this.#connection.sendPiece(this, piece) : true;
  }

  end(): void {
    if (this.isOpen && this.isAnswered) this.#connection.sendEnd(this);
  }

  abort(): void {
    if (this.isOpen) this.#connection.cut(this);
  }

  closeAfterAnswer(): void {
    this.mustClose = true;
  }
}
