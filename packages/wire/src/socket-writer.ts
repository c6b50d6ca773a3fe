import type { Socket } from "node:net";
import { OutBuffer } from "./out-buffer.ts";
import { takesWrites } from "./unix-socket.ts";

/**
 * Longest write: its end tells that the peer still reads, so it must not take minutes on a slow line, and a death in the
 * middle leaves little in doubt.
 */
const MAX_WRITE_BYTES = 1_048_576;

/**
 * Gathers frames and gives them to the socket: all frames of one turn of the event loop in one write. At most one write
 * is in flight, what comes meanwhile waits here, so that after a death it is known what never left this process:
 * a byte is "handed" once the kernel may have it; bytes after `handedBytes` were never written.
 */
export class SocketWriter {
  readonly out = new OutBuffer();
  handedBytes = 0;
  readonly #socket: Socket;
  readonly #onDrain: () => void;
  #isScheduled = false;
  #isInFlight = false;
  #inFlightBytes = 0;

  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    this.#onDrain = onDrain;
  }

  /** True while the kernel does not take more: body frames wait in their streams meanwhile. */
  get isBusy(): boolean {
    return this.#isInFlight;
  }

  /** Bytes that wait in this process for the kernel to take them. */
  get unsentBytes(): number {
    return this.out.pendingBytes + this.#inFlightBytes;
  }

  /** Those of them that flow control does not bound: heads and small frames; of a write in flight nothing is counted. */
  get unsentControlBytes(): number {
    return this.out.pendingBytes - this.out.pendingBodyBytes;
  }

  /** Writes at the end of this turn of the loop, after every socket that is ready now has been read. */
  scheduleFlush(): void {
    if (this.#isScheduled || this.#isInFlight) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  /** Writes what is pending now, as far as the kernel takes it. */
  flush(): void {
    const { out } = this;
    while (!this.#isInFlight && out.pendingBytes > 0 && takesWrites(this.#socket)) {
      const pendingBytes = out.pendingBytes;
      this.#write(out.take(MAX_WRITE_BYTES));
      // A write that fails at once (the peer is gone) has left nothing with the kernel.
      if (!takesWrites(this.#socket)) return;
      this.handedBytes = out.totalBytes - out.pendingBytes;
      if (this.#socket.writableLength > 0) {
        this.#isInFlight = true;
        this.#inFlightBytes = pendingBytes - out.pendingBytes;
      } else if (out.pendingBytes === 0) out.recycle();
    }
  }

  /** Hands over everything, though the kernel does not take it now: for the last words of a connection. */
  flushAll(): void {
    if (this.#socket.destroyed || this.out.pendingBytes === 0) return;
    this.#write(this.out.take(Infinity));
    this.handedBytes = this.out.totalBytes;
  }

  #write(segments: readonly Buffer[]): void {
    const socket = this.#socket;
    const [first] = segments;
    if (segments.length === 1 && first !== undefined) {
      socket.write(first, this.#onWritten);
      return;
    }
    socket.cork();
    const last = segments.length - 1;
    for (const [index, segment] of segments.entries()) {
      if (index === last) socket.write(segment, this.#onWritten);
      else socket.write(segment);
    }
    socket.uncork();
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  readonly #onWritten = (error?: Error | null): void => {
    // Errors reach the connection through the socket's own event.
    if (!this.#isInFlight || (error !== undefined && error !== null) || this.#socket.writableLength > 0) return;
    this.#isInFlight = false;
    this.#inFlightBytes = 0;
    if (this.out.pendingBytes === 0) this.out.recycle();
    this.#onDrain();
    this.flush();
    if (this.#isInFlight) return;
    // All of it went at once, so no other call will tell: whoever waits for room must hear it now.
    this.#onDrain();
    this.flush();
  };
}
