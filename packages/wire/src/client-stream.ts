import { encodeRequest } from "./encode-request.ts";
import { saysTaken } from "./says-taken.ts";
import { CancelCode } from "./frame-types.ts";
import type { Cancel, Reject, RequestHead, ResponseHead, Trailers } from "./heads.ts";
import { WireError, withOutcome } from "./wire-error.ts";
import type { BodySink } from "./body-inbox.ts";
import { WireStream } from "./wire-stream.ts";
import type { StreamLink } from "./sending-stream.ts";

/**
 * What happens to a request. Order: `onHead`, any number of `onData`, then `onEnd`. Exactly one of `onEnd`, `onReject`
 * and `onError` is called, and nothing after it.
 */
export type AnswerEvents = BodySink & {
  /**
   * The head of the answer, with the body bytes that came in the same frame (often all of it). `isComplete`: that was
   * all, and `onEnd` follows at once.
   */
  onHead(head: ResponseHead, inlineBody: Buffer, isComplete: boolean): void;
  /** The replica did not take the request; it is safe to send elsewhere. */
  onReject(reject: Reject): void;
};

/** What a stream asks of the dialling side of its connection. */
export type ClientLink = StreamLink & {
  /** The peer says TAKEN before it lets an unsafe request begin. */
  readonly saysTaken: boolean;
  /** The end of all that the peer ever sends was read. */
  readonly isReadToEnd: boolean;
};

/** The caller's side of a request. */
export class ClientStream extends WireStream {
  readonly #events: AnswerEvents;
  readonly #link: ClientLink;
  /** Position of the end of the head frame in all bytes of the connection: written once that many bytes are handed. */
  #headEndBytes = Infinity;
  #kind: RequestHead["kind"] = "http";
  #hasHead = false;
  #isSettled = false;
  /** The peer would have said TAKEN, had it begun with this request. */
  #isTakenTold = false;
  #isTaken = false;

  constructor(link: ClientLink, id: number, events: AnswerEvents) {
    super(link, id);
    this.#link = link;
    this.#events = events;
  }

  /** True when the peer can have seen the request. */
  get isWritten(): boolean {
    return this.#headEndBytes <= this.link.writer.handedBytes;
  }

  /**
   * Encodes the head, with the body when that is small; false when more of the request has to follow. Throws when the
   * head cannot be written, and then nothing was. For the connection.
   */
  encodeHead(head: RequestHead, body: Buffer | undefined, isComplete: boolean): boolean {
    const { out } = this.link.writer;
    const isInline = body === undefined || this.mayInline(body.length);
    const isEnd = isComplete && isInline;
    encodeRequest(out, this.id, head, isInline ? body : undefined, isEnd, this.link.peerMaxFrameBytes);
    this.#headEndBytes = out.totalBytes;
    this.#kind = head.kind;
    this.#isTakenTold = this.#link.saysTaken && saysTaken(head);
    if (isInline && body !== undefined) this.takeSendCredit(body.length);
    this.isSendEnded = isEnd;
    return isEnd;
  }

  /** HTTP_RESPONSE or RESULT arrived. For the connection. */
  receiveHead(head: ResponseHead, inlineBody: Buffer, isEnd: boolean): void {
    if (this.#hasHead) throw new WireError("protocol_error", `second answer head on stream ${this.id}`);
    if (head.kind !== this.#kind) {
      throw new WireError(
        "protocol_error",
        `a ${this.#kind} request on stream ${this.id} got an answer of kind ${head.kind}`,
      );
    }
    this.#hasHead = true;
    this.countReceived(inlineBody.length);
    if (isEnd) this.isReceiveEnded = true;
    this.#events.onHead(head, inlineBody, isEnd);
    this.consumed(inlineBody.length);
    if (isEnd) this.finishReceive(undefined);
  }

  /** TAKEN arrived. For the connection. */
  receiveTaken(): void {
    this.#isTaken = true;
  }

  /** TRAILERS arrived. For the connection. */
  receiveTrailers(trailers: Trailers): void {
    if (!this.#hasHead) throw new WireError("protocol_error", `trailers before the head on stream ${this.id}`);
    this.finishReceive(trailers);
  }

  /** REJECT arrived. For the connection. */
  receiveReject(reject: Reject): void {
    if (this.#hasHead) throw new WireError("protocol_error", `REJECT after the head on stream ${this.id}`);
    this.close();
    if (this.#settle()) this.#events.onReject(reject);
  }

  override receiveCancel(cancel: Cancel): void {
    const isAnswered = this.isReceiveEnded;
    this.close();
    if (isAnswered) return;
    const code = cancel.code === CancelCode.deadlineExceeded ? "deadline_exceeded" : "cancelled";
    if (this.#settle())
      this.#events.onError(
        new WireError(code, cancel.text === "" ? `cancelled by the peer (${cancel.code})` : cancel.text),
      );
  }

  override fail(error: WireError): void {
    const known = this.#judge(error);
    if (error.code === "deadline_exceeded") super.cancel(CancelCode.deadlineExceeded, error.message);
    this.close();
    if (this.#settle()) this.#events.onError(known);
  }

  /** The caller gives up: the far side stops, and no event follows. */
  override cancel(code: CancelCode, text = ""): void {
    this.#isSettled = true;
    super.cancel(code, text);
  }

  protected override onPiece(piece: Buffer): boolean {
    if (!this.#hasHead) throw new WireError("protocol_error", `DATA before the head on stream ${this.id}`);
    return this.#isSettled || this.#events.onData(piece);
  }

  protected override onReceiveEnd(trailers: Trailers | undefined): void {
    if (!this.#hasHead) throw new WireError("protocol_error", `stream ${this.id} ends before the head of its answer`);
    // Not closed yet when the request body is still being sent: the peer says with CANCEL that it wants no more.
    if (this.#settle()) this.#events.onEnd(trailers);
  }

  /** Whether the peer can have begun with the request. */
  #judge(error: WireError): WireError {
    if (!this.isWritten) return withOutcome(error, "safe");
    const hasBegun = this.#hasHead || this.#isTaken || !this.#isTakenTold || !this.#link.isReadToEnd;
    if (hasBegun || error.outcome === "safe") return error;
    return new WireError("not_begun", `${error.message}; the request had not begun`, "safe", error);
  }

  #settle(): boolean {
    if (this.#isSettled) return false;
    this.#isSettled = true;
    return true;
  }
}
