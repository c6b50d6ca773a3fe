import { BLOCK_BYTES, giveBlock, takeBlock } from "./memory-blocks.ts";

/** Bodies up to this size are copied behind their head; larger ones are handed on as they are, without a copy. */
export const COPY_BODY_BYTES = 8_192;

/**
 * The frames of one flush: encoders write straight into its chunk, so that a small frame costs no allocation.
 * Usage: `reserve(bound)`, write into `chunk` from `position`, `commit(end)`.
 */
export class OutBuffer {
  chunk: Buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  position = 0;
  /** Bytes committed since the connection began; with the writer's count of handed bytes it tells what was never written. */
  totalBytes = 0;
  #segmentStart = 0;
  /** Chunks before this one, which the kernel may still have to take. */
  #full: Buffer[] = [];
  #segments: Buffer[] = [];
  #pendingBytes = 0;
  #bodyBytes = 0;

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** Of the pending bytes those of bodies, which flow control bounds; the rest are heads and small frames. */
  get pendingBodyBytes(): number {
    return this.#bodyBytes;
  }

  /** Makes room for `bytes` in `chunk` at `position`. */
  reserve(bytes: number): void {
    if (this.position + bytes <= this.chunk.length) return;
    this.#sealSegment();
    this.#full.push(this.chunk);
    this.chunk = bytes <= BLOCK_BYTES ? takeBlock() : Buffer.allocUnsafeSlow(bytes);
    this.position = 0;
    this.#segmentStart = 0;
  }

  /** Takes what was written up to `end`. */
  commit(end: number): void {
    const bytes = end - this.position;
    this.position = end;
    this.totalBytes += bytes;
    this.#pendingBytes += bytes;
  }

  /** Appends a body: a small one is copied, a large one is referenced and must not be changed by its owner. */
  appendBody(body: Buffer): void {
    if (body.length <= COPY_BODY_BYTES) {
      this.copyBody(body);
      return;
    }
    this.#bodyBytes += body.length;
    this.#sealSegment();
    this.#segments.push(body);
    this.totalBytes += body.length;
    this.#pendingBytes += body.length;
  }

  /** Appends a copy of a body, whatever its length. */
  copyBody(body: Buffer): void {
    this.#bodyBytes += body.length;
    this.reserve(body.length);
    body.copy(this.chunk, this.position);
    this.commit(this.position + body.length);
  }

  /** What is pending, in order: all of it, or somewhat more than `maxBytes` from its beginning. */
  take(maxBytes: number): Buffer[] {
    this.#sealSegment();
    const segments = this.#segments;
    if (this.#pendingBytes <= maxBytes) {
      this.#segments = [];
      this.#pendingBytes = 0;
      this.#bodyBytes = 0;
      return segments;
    }
    let bytes = 0;
    let count = 0;
    while (bytes < maxBytes && count < segments.length) bytes += segments[count++]?.length ?? 0;
    this.#segments = segments.slice(count);
    this.#pendingBytes -= bytes;
    // Which bytes were bodies is not kept per segment: what is left counts as bodies first.
    this.#bodyBytes = Math.min(this.#bodyBytes, this.#pendingBytes);
    return segments.slice(0, count);
  }

  /** Whoever took the segments no longer reads them: the chunk is written again from its start. Only when nothing is pending. */
  recycle(): void {
    this.position = 0;
    this.#segmentStart = 0;
    // One frame was larger than a block.
    if (this.chunk.length > BLOCK_BYTES) this.chunk = takeBlock();
    if (this.#full.length === 0) return;
    for (const chunk of this.#full) giveBlock(chunk);
    this.#full = [];
  }

  #sealSegment(): void {
    if (this.position > this.#segmentStart) this.#segments.push(this.chunk.subarray(this.#segmentStart, this.position));
    this.#segmentStart = this.position;
  }
}
