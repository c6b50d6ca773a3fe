import type { ConnectionCredit } from "./connection-credit.ts";
import { encodeData, encodeLentData } from "./encode-frames.ts";
import { giveBlock, MIN_BLOCK_BYTES, takeBlock } from "./memory-blocks.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** What a stream needs of its connection. */
export type StreamLink = {
  readonly writer: SocketWriter;
  /** Largest payload that the peer accepts. */
  readonly peerMaxFrameBytes: number;
  readonly ownStreamWindowBytes: number;
  readonly grownStreamWindowBytes: number;
  readonly peerStreamWindowBytes: number;
  readonly credit: ConnectionCredit;
  /** Body bytes were consumed, so the peer may send as many again. */
  creditConnection(bytes: number): void;
  requestFlush(isEnd: boolean): void;
  forgetStream(stream: SendingStream): void;
};

/** Longest DATA frame sent: short enough that streams share the connection fairly. */
export const MAX_DATA_BYTES = 65_536;

/** A piece of a body that waits. `block`: the memory that it was copied to, to be given back. */
type Pending = { bytes: Buffer; readonly block: Buffer | undefined };

/** The half of a stream that sends a body under credit. */
export abstract class SendingStream {
  readonly id: number;
  protected readonly link: StreamLink;
  protected isSendEnded = false;
  #sendCredit: number;
  #pending: Pending[] = [];
  #isEndPending = false;
  #isClosed = false;
  #drainWaiters: (() => void)[] = [];

  constructor(link: StreamLink, id: number) {
    this.link = link;
    this.id = id;
    this.#sendCredit = link.peerStreamWindowBytes;
  }

  /** False once both directions have ended, or the stream was cancelled or lost. */
  get isOpen(): boolean {
    return !this.#isClosed;
  }

  /** Bytes given to `write` that wait for credit. */
  get hasPending(): boolean {
    return this.#pending.length > 0;
  }

  /**
   * Sends a piece of the body. False: the peer is slower; wait for `drained()` before writing more, or memory grows.
   * The piece must not be changed afterwards. On a closed stream the piece is dropped.
   */
  write(chunk: Buffer): boolean {
    return this.#send(chunk, false);
  }

  /**
   * Sends a piece that is only lent, as what a socket has just read: what cannot leave at once is copied. Otherwise as `write`.
   */
  relay(lent: Buffer): boolean {
    if (this.#isClosed || this.isSendEnded || this.#isEndPending || lent.length === 0) return true;
    const { link } = this;
    let at = 0;
    while (at < lent.length && this.#pending.length === 0) {
      const bytes = this.#sendableBytes(lent.length - at);
      if (bytes < 0) break;
      this.takeSendCredit(bytes);
      encodeLentData(link.writer.out, this.id, lent.subarray(at, at + bytes), false);
      at += bytes;
    }
    if (at < lent.length) this.#keepLent(lent, at);
    // So much is worth a system call of its own, and its memory is then free for the next piece.
    if (link.writer.out.pendingBytes >= MAX_DATA_BYTES) link.writer.flush();
    else link.requestFlush(false);
    return this.#pending.length === 0;
  }

  /** Ends the body, with a last piece if given. */
  end(chunk?: Buffer): void {
    this.#send(chunk, true);
  }

  /** Settles when all that was written has left the stream, or the stream is closed. */
  async drained(): Promise<void> {
    if (this.#pending.length === 0 || this.#isClosed) return;
    await new Promise<void>((resolve) => {
      this.#drainWaiters.push(resolve);
    });
  }

  /** Sends at most one DATA frame of what is pending; false when it could not or nothing is left. For the connection. */
  pumpOnce(): boolean {
    const first = this.#pending[0];
    const { link } = this;
    if (first === undefined || this.#isClosed) return false;
    const { bytes: chunk, block } = first;
    const bytes = this.#sendableBytes(chunk.length);
    if (bytes < 0) return false;
    const isWholeChunk = bytes === chunk.length;
    if (isWholeChunk) this.#pending.shift();
    else first.bytes = chunk.subarray(bytes);
    const isLast = isWholeChunk && this.#pending.length === 0 && this.#isEndPending;
    this.takeSendCredit(bytes);
    const sent = isWholeChunk ? chunk : chunk.subarray(0, bytes);
    const isEnd = isLast && !this.hasTrailersPending();
    if (block === undefined) encodeData(link.writer.out, this.id, sent, isEnd);
    else encodeLentData(link.writer.out, this.id, sent, isEnd);
    if (isWholeChunk && block !== undefined) giveBlock(block);
    link.requestFlush(isLast);
    if (this.#pending.length === 0) this.#finishPending();
    return this.#pending.length > 0;
  }

  /** How much of so many bytes may leave now, in one frame; -1 none. Waits for its turn when it is the connection that has no room. */
  #sendableBytes(wantedBytes: number): number {
    const { credit, writer, peerMaxFrameBytes } = this.link;
    if (this.#sendCredit === 0 && wantedBytes > 0) return -1;
    if (credit.sendBytes === 0 || writer.isBusy) {
      credit.blocked.add(this);
      return -1;
    }
    return Math.min(wantedBytes, this.#sendCredit, credit.sendBytes, MAX_DATA_BYTES, peerMaxFrameBytes);
  }

  /** The peer gave credit. For the connection. */
  addSendCredit(bytes: number): void {
    this.#sendCredit += bytes;
    this.#pump();
  }

  get sendCredit(): number {
    return this.#sendCredit;
  }

  protected hasTrailersPending(): boolean {
    return false;
  }
  /** Called when all body bytes are sent and the end was asked for, before the stream counts as ended. */
  protected sendTrailers(): void {
    // only answers have trailers
  }

  /** An inline body or a DATA frame uses credit on both levels. */
  protected takeSendCredit(bytes: number): void {
    this.#sendCredit -= bytes;
    this.link.credit.sendBytes -= bytes;
  }

  /** Closes the stream if its other half has ended, too. */
  protected abstract closeIfDone(): void;

  /** Ends everything locally. */
  protected close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { block } of this.#pending) if (block !== undefined) giveBlock(block);
    this.#pending = [];
    this.link.credit.blocked.delete(this);
    this.link.forgetStream(this);
    this.#wakeDrainWaiters();
  }

  /** True when `bytes` of body may ride in the head frame. */
  protected mayInline(bytes: number): boolean {
    return (
      bytes <= Math.min(MAX_DATA_BYTES, this.#sendCredit, this.link.credit.sendBytes, this.link.peerMaxFrameBytes / 2)
    );
  }

  #send(chunk: Buffer | undefined, isEnd: boolean): boolean {
    if (this.#isClosed || this.isSendEnded || this.#isEndPending) return true;
    if (chunk !== undefined && (chunk.length > 0 || isEnd)) this.#pending.push({ bytes: chunk, block: undefined });
    this.#isEndPending = isEnd;
    if (this.#pending.length > 0) this.#pump();
    else if (isEnd) {
      if (!this.hasTrailersPending()) {
        encodeData(this.link.writer.out, this.id, Buffer.alloc(0), true);
        this.link.requestFlush(true);
      }
      this.#finishPending();
    }
    return this.#pending.length === 0;
  }

  #keepLent(lent: Buffer, from: number): void {
    if (lent.length - from < MIN_BLOCK_BYTES) {
      this.#pending.push({ bytes: Buffer.from(lent.subarray(from)), block: undefined });
      return;
    }
    for (let at = from; at < lent.length;) {
      const block = takeBlock();
      const copied = lent.copy(block, 0, at);
      this.#pending.push({ bytes: block.subarray(0, copied), block });
      at += copied;
    }
  }

  #pump(): void {
    while (this.pumpOnce());
  }

  #finishPending(): void {
    this.#wakeDrainWaiters();
    if (!this.#isEndPending || this.isSendEnded) return;
    this.isSendEnded = true;
    if (this.hasTrailersPending()) this.sendTrailers();
    this.onSendEnd();
  }

  /** Both body and trailers are with the writer. */
  protected onSendEnd(): void {
    this.closeIfDone();
  }

  #wakeDrainWaiters(): void {
    const waiters = this.#drainWaiters;
    if (waiters.length === 0) return;
    this.#drainWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
