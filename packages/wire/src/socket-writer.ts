import type { Socket } from "node:net";
import { OutBuffer } from "./out-buffer.ts";

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

  constructor(socket: Socket, onDrain: () => void) {
    this.#socket = socket;
    this.#onDrain = onDrain;
  }

  /** True while the kernel does not take more: body frames wait in their streams meanwhile. */
  get isBusy(): boolean {
    return this.#isInFlight;
  }

  /** Writes at the end of this turn of the loop, after every socket that is ready now has been read. */
  scheduleFlush(): void {
    if (this.#isScheduled || this.#isInFlight) return;
    this.#isScheduled = true;
    setImmediate(this.#flushScheduled);
  }

  /** Writes what is pending now. */
  flush(): void {
    if (this.#isInFlight || this.out.pendingBytes === 0 || this.#socket.destroyed) return;
    const segments = this.out.take();
    const socket = this.#socket;
    const [first] = segments;
    if (segments.length === 1 && first !== undefined) {
      socket.write(first, this.#onWritten);
    } else {
      socket.cork();
      const last = segments.length - 1;
      for (const [index, segment] of segments.entries()) {
        if (index === last) socket.write(segment, this.#onWritten);
        else socket.write(segment);
      }
      socket.uncork();
    }
    // A write that fails at once (the peer is gone) has left nothing with the kernel.
    if (socket.errored !== null) return;
    this.handedBytes = this.out.totalBytes;
    if (socket.writableLength === 0) this.out.recycle();
    else this.#isInFlight = true;
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  readonly #onWritten = (error?: Error | null): void => {
    // Errors reach the connection through the socket's own event.
    if (!this.#isInFlight || (error !== undefined && error !== null) || this.#socket.writableLength > 0) return;
    this.#isInFlight = false;
    this.#onDrain();
    this.flush();
  };
}
