/**
 * A request's body on its way from the client. Up to `wholeBodyBytes` are read before the request leaves, so that a try which
 * no replica took can be made again. A longer body streams, at the replica's pace.
 */
import type { ClientStream } from "@sluice/wire";
import type { Exchange } from "../exchange/exchange.ts";

export const wholeBodyBytes = 64 * 1024;
/**
 * What came of a longer body is kept up to here, so that it can be sent again when the replica answers REJECT or dies before it began. A
 * replica gives credit for more than one stream window (256 KiB) only after it took the request, and the client is paused once that is
 * used up; so the window and what one read may bring beyond it (128 KiB) must be kept.
 */
const replayBytes = 512 * 1024;
const empty = Buffer.alloc(0);

export interface BodyEvents {
  /** Enough is known to send the request: all of the body, or that it streams. */
  readonly onBodyReady: () => void;
  /** More came than may be sent; nothing more is read. */
  readonly onBodyTooLong: () => void;
}

export class RequestBody {
  readonly #exchange: Exchange;
  readonly #maxBytes: number;
  readonly #events: BodyEvents;
  #pieces: Buffer[] = [];
  #bytes = 0;
  #isComplete = false;
  #isStreaming: boolean;
  #isReady = false;
  #isTooLong = false;
  #isReplayable = true;
  #stream: ClientStream | null = null;

  constructor(exchange: Exchange, maxBytes: number, events: BodyEvents) {
    this.#exchange = exchange;
    this.#maxBytes = maxBytes;
    this.#events = events;
    this.#isStreaming = exchange.upgrade !== "";
  }

  /** False once more has left than is kept: the request cannot be sent again. */
  get isReplayable(): boolean {
    return this.#isReplayable;
  }

  /** Takes a lent piece. */
  onData(piece: Buffer): void {
    if (this.#isTooLong) return;
    this.#bytes += piece.length;
    if (this.#bytes > this.#maxBytes && this.#exchange.upgrade === "") {
      this.#isTooLong = true;
      this.#events.onBodyTooLong();
    } else if (this.#stream === null) this.#keep(piece);
    else this.#pass(this.#stream, piece);
  }

  onEnd(): void {
    this.#isComplete = true;
    if (this.#stream !== null) this.#stream.end();
    else this.#ready();
  }

  /** The whole body, undefined when there is none. Only when it does not stream. */
  whole(): Buffer | undefined {
    const [first] = this.#pieces;
    if (first === undefined) return undefined;
    if (this.#pieces.length > 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0];
  }

  get isStreaming(): boolean {
    return this.#isStreaming;
  }

  /** Sends what was kept on a replica's stream, then what follows as the replica takes it. */
  sendOn(stream: ClientStream): void {
    const first = this.whole() ?? empty;
    if (this.#isComplete) return stream.end(first);
    this.#stream = stream;
    if (first.length > 0) stream.write(first);
    this.#resumeWhenDrained(stream);
  }

  /** The replica does not take it: what the client sends from now on is kept for the next one. */
  takeBack(): void {
    this.#stream = null;
    this.#exchange.pause();
  }

  #keep(piece: Buffer): void {
    this.#pieces.push(Buffer.from(piece));
    if (this.#bytes <= wholeBodyBytes) return;
    this.#isStreaming = true;
    this.#exchange.pause();
    this.#ready();
  }

  #pass(stream: ClientStream, piece: Buffer): void {
    if (this.#send(stream, piece)) return;
    this.#exchange.pause();
    this.#resumeWhenDrained(stream);
  }

  #send(stream: ClientStream, piece: Buffer): boolean {
    if (this.#bytes > replayBytes) {
      this.#isReplayable = false;
      this.#pieces = [];
      return stream.relay(piece);
    }
    const kept = Buffer.from(piece);
    this.#pieces.push(kept);
    return stream.write(kept);
  }

  #resumeWhenDrained(stream: ClientStream): void {
    if (!stream.hasPending) return this.#exchange.resume();
    void stream.drained().then(() => {
      if (this.#stream === stream) this.#exchange.resume();
    });
  }

  #ready(): void {
    if (this.#isReady) return;
    this.#isReady = true;
    this.#events.onBodyReady();
  }
}
