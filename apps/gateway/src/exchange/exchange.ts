/**
 * One request and its answer as the gateway sees them, whatever the client speaks: HTTP/1.1, HTTP/2 or a WebSocket's raw bytes.
 * Everything behind the edge knows requests only through this.
 */

/** Name, value, name, value, ...; names in lower case, nothing in it that speaks about one connection only. */
export type HeaderPairs = readonly string[];

/** Who follows the exchange. Set once, before the body is read. */
export interface ExchangeListener {
  /** A piece of the request's body, lent: after the call its memory holds other bytes. Not called while paused. */
  onBodyData(piece: Buffer): void;
  /** The body is complete. Called once, also for a body of no bytes. */
  onBodyEnd(): void;
  /** The client went away, or broke its own message, before the answer was complete. The last call. */
  onClientGone(): void;
  /**
   * The answer is not what its head announced, so the client was cut off; `why` completes "the answer ...". The last call, perhaps from
   * within `write` or `end`.
   */
  onBroken(why: string): void;
  /** The client's socket takes more again after `write` had said false. */
  onDrain(): void;
}

export interface Exchange {
  readonly method: string;
  /** Path and query as the client sent them. */
  readonly target: string;
  readonly headers: HeaderPairs;
  readonly host: string | undefined;
  readonly clientAddress: string;
  /** Bytes of the request's body: a number when announced (0 = none), undefined when only its end will tell. */
  readonly bodyBytes: number | undefined;
  /** Protocol the client wants to go on with after a 101 ("websocket"), "" for none. */
  readonly upgrade: string;
  /** False once the client is gone or the answer is complete. */
  readonly isOpen: boolean;
  /** True once the answer's head was given. */
  readonly isAnswered: boolean;
  /** Status of the answer, 0 before it. */
  readonly status: number;

  header(name: string): string | undefined;
  /** Starts the flow of the body. */
  follow(listener: ExchangeListener): void;
  pause(): void;
  resume(): void;

  /** The whole answer at once; the body is lent. Throws `RangeError` or `TypeError` when the head is not valid HTTP, and then nothing was sent. */
  answer(status: number, headers: HeaderPairs, body: Buffer | undefined): void;
  /** The head of an answer whose body follows by `write` and `end`. Throws as `answer` does. */
  startAnswer(status: number, headers: HeaderPairs): void;
  /** A lent piece. False: the client is slower; wait for `onDrain` before writing more. */
  write(piece: Buffer): boolean;
  end(): void;
  /** Gives the exchange up after its answer began: the client sees that it is not complete. */
  abort(): void;
  /** After this answer the connection is closed, so that the rest of the request need not be read. */
  closeAfterAnswer(): void;
}
