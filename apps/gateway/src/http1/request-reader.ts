import { ChunkedBody, ChunkFault } from "./chunked-body.ts";
import { parseHead, type HeadFault, type ParsedHead } from "./parse-head.ts";
import type { Phase } from "./phase.ts";

/** What was read. Called from within `RequestReader.pump`, which none of them may mind being called again. */
export interface ReadEvents {
  /** False: bytes of the next request are not looked at yet. */
  mayBegin(): boolean;
  /** The first bytes of a head came, but not all of it. */
  onHeadBegun(): void;
  onHead(head: ParsedHead): void;
  /** A piece of the body, or of what a tunnel carries; lent, as what `take` gets. */
  onBytes(piece: Buffer): void;
  onBodyEnd(): void;
  onFault(status: HeadFault["status"] | 431, reason: string): void;
  /** The connection begins with the preface of HTTP/2: `read` is all that was read. */
  onHttp2(read: Buffer): void;
}

const http2Preface = "PRI * HTTP/2.0";
const headEnd = Buffer.from("\r\n\r\n");
/** Empty lines before a request are forgiven (RFC 9112 2.2), but not without end. */
const maxBlankBytes = 64;

/** Takes a client's bytes apart into requests, one after the other; the next one is looked at when `phase` is idle again. */
export class RequestReader {
  phase: Phase = "idle";
  /** Nothing is handed on while true. */
  isPaused = false;
  readonly #events: ReadEvents;
  readonly #maxHeadBytes: number;
  /** Bytes that were read and not looked at. */
  #ahead: Buffer | null = null;
  #isPumping = false;
  #isFirst = true;
  #blankBytes = 0;
  /** Bytes at the start of `#ahead` that hold no end of a head. */
  #scannedBytes = 0;
  #missingBytes = 0;
  #chunked: ChunkedBody | null = null;

  constructor(events: ReadEvents, maxHeadBytes: number) {
    this.#events = events;
    this.#maxHeadBytes = maxHeadBytes;
  }

  get aheadBytes(): number {
    return this.#ahead === null ? 0 : this.#ahead.length;
  }

  /** Bytes of the body that are still to come, as far as announced. */
  get missingBytes(): number {
    return this.#missingBytes;
  }

  /** Bytes as they were read. They are lent: what cannot be used now is copied. */
  take(lent: Buffer): void {
    const isLent = this.#ahead === null;
    this.#ahead = this.#ahead === null ? lent : Buffer.concat([this.#ahead, lent]);
    this.pump();
    if (isLent && this.#ahead !== null) this.#ahead = Buffer.from(this.#ahead);
  }

  forgetAhead(): void {
    this.#ahead = null;
  }

  /** Looks at what was read, as far as the phase allows. Never nested: an answer given at once comes back to this loop. */
  pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    while (this.#ahead !== null && !this.isPaused && this.#advance(this.#ahead)) continue;
    this.#isPumping = false;
  }

  /** One step; false when more bytes, or the end of the answer, must come first. */
  #advance(input: Buffer): boolean {
    switch (this.phase) {
      case "idle":
      case "head":
        return this.#events.mayBegin() && this.#readHead(input);
      case "body":
        return this.#readBody(input);
      case "tunnel":
        this.#ahead = null;
        this.#events.onBytes(input);
        return true;
      case "lingering":
      case "closed":
        this.#ahead = null;
        return false;
      case "answering":
        return false;
    }
  }

  #readHead(received: Buffer): boolean {
    const input = this.#withoutBlankLines(received);
    if (input === null) return false;
    const end = input.indexOf(headEnd, Math.max(0, this.#scannedBytes - headEnd.length));
    if ((end < 0 ? input.length : end + headEnd.length) > this.#maxHeadBytes)
      return this.#fail(
        431,
        `The head of the request, its header fields included, has more than ${String(this.#maxHeadBytes)} bytes; no more are taken (SLUICE_MAX_HEAD_BYTES).`,
      );
    if (end < 0) {
      this.#scannedBytes = input.length;
      if (this.phase === "idle") this.#events.onHeadBegun();
      this.phase = "head";
      return false;
    }
    const text = input.toString("latin1", 0, end);
    if (this.#isFirst && text === http2Preface) {
      this.phase = "closed";
      this.#ahead = null;
      this.#events.onHttp2(Buffer.from(input));
      return false;
    }
    const head = parseHead(text);
    if (head.kind === "fault") return this.#fail(head.status, head.reason);
    const next = end + headEnd.length;
    this.#ahead = next < input.length ? input.subarray(next) : null;
    this.#isFirst = false;
    this.#blankBytes = 0;
    this.#scannedBytes = 0;
    this.#missingBytes = head.bodyBytes;
    this.#chunked = head.bodyBytes < 0 ? new ChunkedBody() : null;
    this.phase = head.bodyBytes === 0 ? "answering" : "body";
    this.#events.onHead(head);
    return true;
  }

  /** Null when there is nothing else, or too much of them. */
  #withoutBlankLines(input: Buffer): Buffer | null {
    let start = 0;
    while (start < input.length && (input[start] === 0x0d || input[start] === 0x0a)) start += 1;
    if (start === 0) return input;
    this.#blankBytes += start;
    if (this.#blankBytes > maxBlankBytes) {
      this.#fail(400, "There are too many empty lines before a request.");
      return null;
    }
    this.#ahead = start < input.length ? input.subarray(start) : null;
    return this.#ahead;
  }

  #readBody(input: Buffer): boolean {
    this.#ahead = null;
    let used: number;
    if (this.#chunked === null) {
      used = Math.min(input.length, this.#missingBytes);
      this.#missingBytes -= used;
      this.#takeBody(used === input.length ? input : input.subarray(0, used));
    } else {
      try {
        used = this.#chunked.read(input, 0, this.#takeBody);
      } catch (error) {
        if (!(error instanceof ChunkFault)) throw error;
        return this.#fail(400, error.message);
      }
    }
    if (this.phase === "lingering" || this.phase === "closed") return false;
    if (used < input.length) this.#ahead = input.subarray(used);
    if (this.phase === "body" && (this.#chunked === null ? this.#missingBytes === 0 : this.#chunked.isDone)) {
      this.#missingBytes = 0;
      this.phase = "answering";
      this.#events.onBodyEnd();
    }
    return true;
  }

  readonly #takeBody = (piece: Buffer): boolean => {
    this.#events.onBytes(piece);
    return !this.isPaused && this.phase === "body";
  };

  #fail(status: HeadFault["status"] | 431, reason: string): false {
    this.#events.onFault(status, reason);
    return false;
  }
}
