import type { Socket } from "node:net";
import { Duplex } from "node:stream";

/**
 * A socket without a kernel, so that an attack runs the same each time and thousands per second. What our side writes is
 * kept; while `isStalled` the peer reads nothing, and writes stay unfinished.
 */
export class MemorySocket extends Duplex {
  readonly written: Buffer[] = [];
  isStalled = false;
  /** Bytes that our side could not hand over at some time: then not all it said was sent. */
  wasStalled = false;
  #unfinished: (() => void)[] = [];

  constructor() {
    super({ allowHalfOpen: false });
  }

  override _read(): void {
    // Input comes from `receive`.
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.written.push(Buffer.from(chunk));
    this.#finish(done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.written.push(Buffer.from(chunk));
    this.#finish(done);
  }

  #finish(done: () => void): void {
    if (!this.isStalled) return done();
    this.wasStalled = true;
    this.#unfinished.push(done);
  }

  /** Bytes from the peer. */
  receive(chunk: Buffer): void {
    if (!this.destroyed && !this.readableEnded) this.push(Buffer.from(chunk));
  }

  /** The peer closed its side. */
  receiveEnd(): void {
    if (!this.destroyed && !this.readableEnded) this.push(null);
  }

  /** The peer reads again. */
  unstall(): void {
    this.isStalled = false;
    const unfinished = this.#unfinished;
    this.#unfinished = [];
    for (const done of unfinished) done();
  }

  /** As the wire knows it; of a socket it uses what every stream has. */
  get asSocket(): Socket {
    return this as unknown as Socket;
  }
}
