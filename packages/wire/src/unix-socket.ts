import { Socket } from "node:net";

/** Time in which the end of what the peer wrote must show after a write has failed. */
const END_WITHIN_MS = 1_000;

/**
 * A dialler's Unix socket that is read to its end. When the peer dies, its last bytes wait here in the kernel, and the next write
 * fails; Node would then drop the socket with those bytes unread, although they tell which requests had begun. So a failed write
 * ends nothing here: it stays unfinished, and the socket ends as its reading does.
 */
export class UnixSocket extends Socket {
  #writeError: Error | undefined;
  #onWritten: ((error?: Error | null) => void) | undefined;

  /** True once the peer was found gone by a write; that write left nothing with the kernel if it failed at once. */
  get hasFailedWrite(): boolean {
    return this.#writeError !== undefined;
  }

  override _write(chunk: Buffer, encoding: BufferEncoding, onWritten: (error?: Error | null) => void): void {
    this.#onWritten = onWritten;
    super._write(chunk, encoding, this.#settleWrite);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    onWritten: (error?: Error | null) => void,
  ): void {
    this.#onWritten = onWritten;
    super._writev?.(chunks, this.#settleWrite);
  }

  // One write is under way at a time, so its callback has a place of its own instead of a closure.
  readonly #settleWrite = (error?: Error | null): void => {
    if (error === undefined || error === null) return this.#onWritten?.();
    if (this.#writeError !== undefined || this.destroyed) return;
    this.#writeError = error;
    const timer = setTimeout(() => this.destroy(error), END_WITHIN_MS);
    this.once("end", () => this.destroy());
    this.once("close", () => {
      clearTimeout(timer);
    });
  };
}

/** False once nothing written here can arrive any more. */
export function takesWrites(socket: Socket): boolean {
  return !socket.destroyed && socket.errored === null && !(socket instanceof UnixSocket && socket.hasFailedWrite);
}
