import type { Socket } from "node:net";

/** Bodies up to this size are copied behind their head: one buffer, one system call. */
const copyBytes = 16_384;
const chunkEnd = Buffer.from("\r\n");
const lastChunk = "0\r\n\r\n";

/** Writes the parts of answers to a client's socket with as few system calls as it can. */
export class AnswerWriter {
  readonly #socket: Socket;
  #isCorked = false;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** A head, with the whole body if there is one. False: the socket is full. */
  whole(head: string, body: Buffer | undefined): boolean {
    const socket = this.#socket;
    if (body === undefined || body.length === 0) return socket.write(head, "latin1");
    if (body.length <= copyBytes) {
      const bytes = Buffer.allocUnsafe(head.length + body.length);
      bytes.write(head, 0, "latin1");
      body.copy(bytes, head.length);
      return socket.write(bytes);
    }
    socket.cork();
    socket.write(head, "latin1");
    const isTaken = socket.write(body);
    socket.uncork();
    return isTaken;
  }

  /** The head of an answer that streams: leaves together with what else is written in this turn of the loop. */
  head(text: string): void {
    this.#corkForThisTurn();
    this.#socket.write(text, "latin1");
  }

  /** A piece as it is. */
  raw(piece: Buffer): boolean {
    this.#corkForThisTurn();
    return this.#socket.write(piece);
  }

  /** A piece as a chunk (RFC 9112 7.1). */
  chunk(piece: Buffer): boolean {
    const size = `${piece.length.toString(16)}\r\n`;
    this.#corkForThisTurn();
    if (piece.length > copyBytes) {
      this.#socket.write(size, "latin1");
      this.#socket.write(piece);
      return this.#socket.write(chunkEnd);
    }
    const bytes = Buffer.allocUnsafe(size.length + piece.length + 2);
    bytes.write(size, 0, "latin1");
    piece.copy(bytes, size.length);
    bytes.write("\r\n", size.length + piece.length, "latin1");
    return this.#socket.write(bytes);
  }

  lastChunk(): void {
    this.#corkForThisTurn();
    this.#socket.write(lastChunk, "latin1");
  }

  /** Lets go at once of what waits for the end of this turn. */
  flush(): void {
    if (this.#isCorked) this.#uncork();
  }

  /** Pieces of an answer come in bursts: those of one turn are one system call, and none waits longer than the turn. */
  #corkForThisTurn(): void {
    if (this.#isCorked) return;
    this.#isCorked = true;
    this.#socket.cork();
    process.nextTick(this.#uncork);
  }

  readonly #uncork = (): void => {
    this.#isCorked = false;
    this.#socket.uncork();
  };
}
