import type { IncomingMessage } from "node:http";
import type { ClientStream } from "@sluice/wire";

/** A long body on its way from the client to one replica, at the replica's pace. */
export class BodyUpload {
  readonly #request: IncomingMessage;
  readonly #stream: ClientStream;
  readonly #maxBytes: number;
  readonly #onTooLong: () => void;
  #takenBytes: number;
  #isFlowing = false;
  #isStopped = false;

  /**
   * `first` is what was read from the request before; the request is paused behind it. `onTooLong` is called once when more
   * than `maxBytes` come, and then nothing more is read.
   */
  constructor(request: IncomingMessage, stream: ClientStream, first: Buffer, maxBytes: number, onTooLong: () => void) {
    this.#request = request;
    this.#stream = stream;
    this.#maxBytes = maxBytes;
    this.#onTooLong = onTooLong;
    this.#takenBytes = first.length;
    // At an earlier try the client may have ended its body without another piece.
    if (request.readableEnded) {
      stream.end(first);
      return;
    }
    stream.write(first);
    request.on("data", this.#onData);
    request.on("end", this.#onEnd);
    this.#resumeWhenDrained();
  }

  /** Bytes beyond the first piece were taken from the client: the request cannot be sent again. */
  get isFlowing(): boolean {
    return this.#isFlowing;
  }

  /** The replica does not take it: what the client sends from now on is kept for the next one. */
  stop(): void {
    this.#isStopped = true;
    this.#request.off("data", this.#onData);
    this.#request.off("end", this.#onEnd);
    this.#request.pause();
  }

  readonly #onData = (piece: Buffer): void => {
    this.#isFlowing = true;
    this.#takenBytes += piece.length;
    if (this.#takenBytes > this.#maxBytes) {
      this.stop();
      this.#onTooLong();
      return;
    }
    if (this.#stream.write(piece)) return;
    this.#request.pause();
    this.#resumeWhenDrained();
  };

  readonly #onEnd = (): void => this.#stream.end();

  #resumeWhenDrained(): void {
    void this.#stream.drained().then(() => {
      if (!this.#isStopped) this.#request.resume();
    });
  }
}
