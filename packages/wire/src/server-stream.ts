import { BodyInbox } from "./body-inbox.ts";
import { copyOfLent } from "./body-memory.ts";
import { encodeReject, encodeTaken } from "./encode-frames.ts";
import { encodeResponse, encodeTrailers } from "./encode-answer.ts";
import { CancelCode, RejectCode } from "./frame-types.ts";
import { NO_PAIRS } from "./heads.ts";
import type { Cancel, HeaderPairs, RemoteError, RequestHead, ResponseHead, Trailers } from "./heads.ts";

import { saysTaken } from "./says-taken.ts";
import { WireError } from "./wire-error.ts";
import { WireStream } from "./wire-stream.ts";
import type { StreamLink } from "./sending-stream.ts";

const NO_BODY = Buffer.alloc(0);

/** Why nobody waits for the answer any more. */
export type Gone = { readonly code: CancelCode; readonly text: string };

/** What a stream asks of the listening side of its connection. */
export type ServerLink = StreamLink & {
  /** Both sides agreed that TAKEN is said before an unsafe request begins. */
  readonly saysTaken: boolean;
  /** Calls back for the stream once the kernel has everything written so far, unless the stream is over by then. */
  whenSent(streamId: number, onSent: () => void): void;
};

/**
 * The answering side of a request. Answer with `reject`, with `respond(head, body)` in one frame, or with
 * `startResponse(head)`, `write`, and `end` or `endWithTrailers`; or break off with `cancel`.
 */
export class ServerStream<Connection = unknown> extends WireStream {
  readonly connection: Connection;
  readonly head: RequestHead;
  /** The whole body, when it came in the same frame as the head: the usual case, and the fast one. */
  readonly wholeBody: Buffer | undefined;
  readonly #link: ServerLink;
  #inbox: BodyInbox | undefined;
  #hasResponded = false;
  #trailers: Trailers | undefined;
  #gone: Gone | undefined;
  #goneListeners: ((gone: Gone) => void)[] = [];
  /** Position of the end of TAKEN in all bytes of the connection; 0 before it is written. */
  #takenEndBytes = 0;

  constructor(
    link: ServerLink,
    id: number,
    connection: Connection,
    head: RequestHead,
    inlineBody: Buffer,
    isEnd: boolean,
  ) {
    super(link, id);
    this.#link = link;
    this.connection = connection;
    this.head = head;
    // What was read is lent, and the body of a request outlives the call.
    this.wholeBody = isEnd ? (inlineBody.length === 0 ? NO_BODY : copyOfLent(inlineBody)) : undefined;
    this.isReceiveEnded = isEnd;
    this.countReceived(inlineBody.length);
    if (isEnd) this.consumed(inlineBody.length);
    else if (inlineBody.length > 0) this.body.push(inlineBody);
  }

  /** The body as it arrives; works for a whole body too. */
  get body(): BodyInbox {
    if (this.#inbox === undefined) {
      this.#inbox = new BodyInbox((bytes) => {
        this.consumed(bytes);
      });
      if (this.wholeBody !== undefined) {
        this.#inbox.push(this.wholeBody);
        this.#inbox.end(undefined);
      }
    }
    return this.#inbox;
  }

  /** The whole body as one buffer; rejects with `body_too_large` over the limit. */
  async readBody(limitBytes: number): Promise<Buffer> {
    const whole = this.wholeBody;
    if (whole === undefined) return this.body.collect(limitBytes);
    if (whole.length > limitBytes)
      throw new WireError("body_too_large", `body is over the limit of ${limitBytes} bytes`);
    return whole;
  }

  /** Set once the request was cancelled or its connection lost. */
  get gone(): Gone | undefined {
    return this.#gone;
  }

  get hasResponded(): boolean {
    return this.#hasResponded;
  }

  /** Calls `listener` once when the caller cancels, the deadline passes or the connection dies; at once if it already has. */
  onCancel(listener: (gone: Gone) => void): void {
    if (this.#gone !== undefined) listener(this.#gone);
    else this.#goneListeners.push(listener);
  }

  /**
   * Tells the caller that the request begins, if it must be told, and hands that to the kernel now: should this process die, the
   * caller knows what had begun. False: the kernel does not take it yet, so the request must not begin before `whenTaken` says so.
   */
  tellTaken(): boolean {
    if (!this.mustTellTaken) return true;
    const { writer } = this.link;
    this.announceTaken();
    if (writer.handedBytes < this.#takenEndBytes) writer.flush();
    return !writer.isBusy && writer.handedBytes >= this.#takenEndBytes;
  }

  /** True when the caller wants to know that the request begins. */
  get mustTellTaken(): boolean {
    return this.#link.saysTaken && saysTaken(this.head);
  }

  /** Writes what `tellTaken` hands to the kernel: of requests that begin together, all can then leave in one system call. */
  announceTaken(): void {
    if (this.#takenEndBytes > 0 || !this.mustTellTaken) return;
    const { out } = this.link.writer;
    encodeTaken(out, this.id);
    this.#takenEndBytes = out.totalBytes;
  }

  /** After `tellTaken` said false: one of the two is called, once. */
  whenTaken(onTaken: () => void, onGone: () => void): void {
    let isSettled = false;
    const settle = (then: () => void) => () => {
      if (isSettled) return;
      isSettled = true;
      then();
    };
    this.onCancel(settle(onGone));
    this.#link.whenSent(this.id, settle(onTaken));
  }

  /**
   * Lets the request begin once the caller knows of it: now where it can, else as soon as the kernel has what says so. `onGone` instead,
   * when the caller goes before.
   */
  onceTaken(begin: () => void, onGone: () => void = () => undefined): void {
    if (this.tellTaken()) begin();
    else this.whenTaken(begin, onGone);
  }

  /** The whole answer; a small one is one frame. Without a body the answer is empty. Dropped when the caller is gone. */
  respond(head: ResponseHead, body?: Buffer): void {
    const isInline = body === undefined || this.mayInline(body.length);
    if (!this.#sendHead(head, isInline ? body : undefined, isInline)) return;
    if (isInline) this.onSendEnd();
    else this.end(body);
  }

  /** The head of an answer whose body follows with `write` and `end`. */
  startResponse(head: ResponseHead): void {
    this.#sendHead(head, undefined, false);
  }

  /** Ends the body and then says how it went: pairs, or the error that broke a streamed result. */
  endWithTrailers(given: {
    readonly error?: RemoteError;
    readonly headers?: HeaderPairs;
    readonly ongoing?: number;
  }): void {
    this.#trailers = { error: given.error, headers: given.headers ?? NO_PAIRS, ongoing: given.ongoing ?? 0 };
    this.end();
  }

  /** Refuses the request before anything of it was run; at capacity, this connection becomes a waiter. */
  reject(ongoing: number, max: number, code: RejectCode = RejectCode.atCapacity): void {
    if (!this.isOpen) return;
    if (this.#hasResponded) throw new WireError("internal", "reject after respond");
    encodeReject(this.link.writer.out, this.id, { ongoing, max, code });
    this.link.requestFlush(true);
    this.close();
    this.#letGoOfBody();
  }

  /** Breaks the answer off; the caller gets an error and no complete answer. */
  override cancel(code: CancelCode, text = ""): void {
    super.cancel(code, text);
    this.#letGoOfBody();
  }

  override receiveCancel(cancel: Cancel): void {
    this.#endAsGone(
      { code: cancel.code, text: cancel.text },
      new WireError("cancelled", `cancelled by the caller: ${cancel.text}`),
    );
  }

  override fail(error: WireError): void {
    if (error.code === "deadline_exceeded") super.cancel(CancelCode.deadlineExceeded, error.message);
    const code = error.code === "deadline_exceeded" ? CancelCode.deadlineExceeded : CancelCode.callerGone;
    this.#endAsGone({ code, text: error.message }, error);
  }

  protected override onPiece(piece: Buffer): boolean {
    return this.body.push(piece);
  }

  protected override onReceiveEnd(trailers: Trailers | undefined): void {
    this.body.end(trailers);
  }

  protected override hasTrailersPending(): boolean {
    return this.#trailers !== undefined;
  }

  protected override sendTrailers(): void {
    if (this.#trailers === undefined) return;
    encodeTrailers(this.link.writer.out, this.id, this.#trailers, this.link.peerMaxFrameBytes);
    this.link.requestFlush(true);
  }

  /** An answer that is complete before the request is: the caller may stop sending. */
  protected override onSendEnd(): void {
    if (this.isReceiveEnded) {
      this.closeIfDone();
      this.#letGoOfBody();
    } else {
      this.cancel(CancelCode.bodyNotWanted);
    }
  }

  #sendHead(head: ResponseHead, inlineBody: Buffer | undefined, isEnd: boolean): boolean {
    if (!this.isOpen) return false;
    if (this.#hasResponded) throw new WireError("internal", "second answer to one request");
    encodeResponse(this.link.writer.out, this.id, head, inlineBody, isEnd, this.link.peerMaxFrameBytes);
    this.#hasResponded = true;
    if (inlineBody !== undefined) this.takeSendCredit(inlineBody.length);
    this.isSendEnded = isEnd;
    this.link.requestFlush(isEnd);
    return true;
  }

  #endAsGone(gone: Gone, error: WireError): void {
    if (this.#gone !== undefined) return;
    this.#gone = gone;
    this.close();
    this.#inbox?.fail(error);
    this.#letGoOfBody();
    const listeners = this.#goneListeners;
    this.#goneListeners = [];
    for (const listener of listeners) listener(gone);
  }

  /** Body that nobody will read any more must not hold credit of the connection. */
  #letGoOfBody(): void {
    this.#inbox?.fail(new WireError("stream_closed", "the request is over"));
    this.consumed(Infinity);
  }
}
