import type { Socket } from "node:net";
import { BLOCK_BYTES, giveBlock, MIN_BLOCK_BYTES, takeBlock } from "@sluice/wire";

const chunkEnd = "\r\n";
const lastChunk = "0\r\n\r\n";

/** Writes the parts of answers to a client's socket with as few system calls as it can. Pieces are lent: they are copied at once. */
export class AnswerWriter {
  readonly #socket: Socket;
  /** What was written in this turn of the loop, up to `#filledBytes`. */
  #block: Buffer | null = null;
  #filledBytes = 0;
  #isScheduled = false;
  /** Blocks that the kernel did not take at once. */
  #unsent: Buffer[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** A head, with the whole body if there is one. */
  whole(head: string, body: Buffer | undefined): void {
    if (this.#block !== null) this.flush();
    if (body === undefined || body.length === 0) {
      this.#socket.write(head, "latin1");
      return;
    }
    this.#text(head);
    this.#bytes(body);
    this.flush();
  }

  /** The head of an answer that streams: leaves together with what else is written in this turn of the loop. */
  head(text: string): void {
    this.#text(text);
    this.#schedule();
  }

  /** A piece as it is. False: the socket is full. */
  raw(piece: Buffer): boolean {
    this.#bytes(piece);
    this.#schedule();
    return !this.#socket.writableNeedDrain;
  }

  /** A piece as a chunk (RFC 9112 7.1). False: the socket is full. */
  chunk(piece: Buffer): boolean {
    this.#text(`${piece.length.toString(16)}\r\n`);
    this.#bytes(piece);
    this.#text(chunkEnd);
    this.#schedule();
    return !this.#socket.writableNeedDrain;
  }

  lastChunk(): void {
    this.#text(lastChunk);
    this.#schedule();
  }

  /** Lets go at once of what waits for the end of this turn. */
  flush(): void {
    this.reclaim();
    const block = this.#block;
    if (block === null) return;
    this.#block = null;
    const socket = this.#socket;
    const filled = block.subarray(0, this.#filledBytes);
    // What must wait behind other bytes, or for TLS, holds no block for a few bytes of it.
    const mustWait = socket.writableLength > 0 || "encrypted" in socket;
    if (mustWait && filled.length < MIN_BLOCK_BYTES) {
      socket.write(Buffer.from(filled));
      giveBlock(block);
      return;
    }
    socket.write(filled);
    if (socket.writableLength === 0) giveBlock(block);
    else this.#unsent.push(block);
  }

  /** Takes back the blocks that the kernel has emptied since. To be called when the socket has drained, and now and then. */
  reclaim(): void {
    if (this.#unsent.length === 0 || this.#socket.writableLength > 0) return;
    for (const block of this.#unsent) giveBlock(block);
    this.#unsent = [];
  }

  /** Pieces of an answer come in bursts: those of one turn are one system call, and none waits longer than the turn. */
  #schedule(): void {
    if (this.#isScheduled) return;
    this.#isScheduled = true;
    process.nextTick(this.#flushScheduled);
  }

  readonly #flushScheduled = (): void => {
    this.#isScheduled = false;
    this.flush();
  };

  #text(text: string): void {
    if (text.length > BLOCK_BYTES) {
      // Nothing bounds the headers that user code sets.
      this.flush();
      this.#socket.write(text, "latin1");
      return;
    }
    const block = this.#blockWith(text.length);
    this.#filledBytes += block.write(text, this.#filledBytes, "latin1");
  }

  #bytes(bytes: Buffer): void {
    for (let at = 0; at < bytes.length;) {
      const block = this.#blockWith(1);
      const copied = bytes.copy(block, this.#filledBytes, at);
      this.#filledBytes += copied;
      at += copied;
    }
  }

  /** A block that has room for so many bytes. */
  #blockWith(bytes: number): Buffer {
    if (this.#block !== null && this.#filledBytes + bytes > BLOCK_BYTES) this.flush();
    if (this.#block === null) {
      this.#block = takeBlock();
      this.#filledBytes = 0;
    }
    return this.#block;
  }
}
