import { copyOfLent } from "./body-memory.ts";
import type { Trailers } from "./heads.ts";
import { WireError } from "./wire-error.ts";

/** Takes a body as it arrives. Exactly one of `onEnd` and `onError` is called, last. */
export type BodySink = {
  /**
   * True: consumed, the sender gets credit at once. False: the owner calls `consumed(bytes)` on the stream later. The chunk is lent:
   * after the call its memory holds other bytes.
   */
  onData(chunk: Buffer): boolean;
  onEnd(trailers: Trailers | undefined): void;
  onError(error: WireError): void;
};

const EMPTY = Buffer.alloc(0);
const JOIN_BYTES = 16_384;

type Waiter = { readonly resolve: () => void };

/**
 * A body that waits for its reader. Holds at most one stream window; reading gives the sender credit.
 * Read it in one of four ways: `for await`, `read()`, `collect()`, or `pipeTo()` with callbacks.
 */
export class BodyInbox implements AsyncIterable<Buffer> {
  #chunks: Buffer[] = [];
  #sink: BodySink | undefined;
  #waiter: Waiter | undefined;
  #isEnded = false;
  #error: WireError | undefined;
  #trailers: Trailers | undefined;
  readonly #onConsumed: (bytes: number) => void;

  constructor(onConsumed: (bytes: number) => void) {
    this.#onConsumed = onConsumed;
  }

  /** Known once the body has ended. */
  get trailers(): Trailers | undefined {
    return this.#trailers;
  }

  get isEnded(): boolean {
    return this.#isEnded;
  }

  /** Takes a lent piece; true when it went straight to a sink that consumed it. */
  push(chunk: Buffer): boolean {
    if (chunk.length === 0) return true;
    if (this.#sink !== undefined) return this.#sink.onData(chunk);
    this.#keep(chunk);
    this.#wake();
    return false;
  }

  end(trailers: Trailers | undefined): void {
    if (this.#isEnded || this.#error !== undefined) return;
    this.#isEnded = true;
    this.#trailers = trailers;
    this.#sink?.onEnd(trailers);
    this.#wake();
  }

  fail(error: WireError): void {
    if (this.#isEnded || this.#error !== undefined) return;
    this.#error = error;
    this.#sink?.onError(error);
    this.#wake();
  }

  /** The next piece, or undefined at the end. One reader at a time. */
  async read(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk !== undefined) {
        this.#onConsumed(chunk.length);
        return chunk;
      }
      if (this.#error !== undefined) throw this.#error;
      if (this.#isEnded) return undefined;
      await new Promise<void>((resolve) => {
        this.#waiter = { resolve };
      });
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const chunk = await this.read();
      if (chunk === undefined) return;
      yield chunk;
    }
  }

  /** The whole body; throws `body_too_large` when it is over the limit. */
  async collect(limitBytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of this) {
      bytes += chunk.length;
      if (bytes > limitBytes) throw new WireError("body_too_large", `body is over the limit of ${limitBytes} bytes`);
      parts.push(chunk);
    }
    const [only] = parts;
    return parts.length === 0 ? EMPTY : parts.length === 1 && only !== undefined ? only : Buffer.concat(parts, bytes);
  }

  /** Hands over what waits and then everything as it arrives. */
  pipeTo(sink: BodySink): void {
    this.#sink = sink;
    const waiting = this.#chunks;
    this.#chunks = [];
    for (const chunk of waiting) if (sink.onData(chunk)) this.#onConsumed(chunk.length);
    if (this.#error !== undefined) sink.onError(this.#error);
    else if (this.#isEnded) sink.onEnd(this.#trailers);
  }

  /** Many small pieces must not cost an object each: else a peer that sends single bytes makes memory grow far beyond the window. */
  #keep(chunk: Buffer): void {
    const last = this.#chunks.at(-1);
    if (last !== undefined && last.length + chunk.length <= JOIN_BYTES) {
      this.#chunks[this.#chunks.length - 1] = joinOwned(last, chunk);
    } else {
      this.#chunks.push(copyOfLent(chunk));
    }
  }

  #wake(): void {
    const waiter = this.#waiter;
    this.#waiter = undefined;
    waiter?.resolve();
  }
}

/** Appends to `head` in place when its memory has room behind it, else moves both to memory with room to double. */
function joinOwned(head: Buffer, tail: Buffer): Buffer {
  const bytes = head.length + tail.length;
  if (head.byteOffset === 0 && head.buffer.byteLength === JOIN_BYTES) {
    const whole = Buffer.from(head.buffer, 0, bytes);
    tail.copy(whole, head.length);
    return whole;
  }
  const owned =
    bytes <= JOIN_BYTES ? Buffer.allocUnsafeSlow(JOIN_BYTES).subarray(0, bytes) : Buffer.allocUnsafeSlow(bytes);
  head.copy(owned, 0);
  tail.copy(owned, head.length);
  return owned;
}
