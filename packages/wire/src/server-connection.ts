import type { Socket } from "node:net";
import { decodeCancel, decodeSlot } from "./decode-frames.ts";
import { decodeCall, decodeHttpRequest, readHeadEnd } from "./decode-heads.ts";
import { encodeHello, encodeModels, encodeReject, encodeSlot } from "./encode-frames.ts";
import { REQUEST_FIXED_BYTES } from "./encode-request.ts";
import { CancelCode, FrameType, RejectCode } from "./frame-types.ts";
import type { Slot } from "./heads.ts";
import { chooseVersion } from "./hello.ts";
import type { Hello } from "./hello.ts";
import type { LinkOffer, LinkOptions } from "./link-options.ts";
import { ServerStream } from "./server-stream.ts";
import { WireError } from "./wire-error.ts";
import { WireLink } from "./wire-link.ts";

/** A request as the handler gets it. */
export type WireRequest = ServerStream<ServerConnection>;

export type RequestHandler = (request: WireRequest) => void;

/** What the owner of a listener wants to hear of its connections. */
export type ServerConnectionEvents = {
  readonly onConnection?: (connection: ServerConnection) => void;
  /** A waiter gave an offered slot back: take it off the waiters and offer the slot to the next. */
  readonly onSlotReturned?: (connection: ServerConnection) => void;
  /** The connection is over: take it off the waiters. */
  readonly onConnectionClosed?: (connection: ServerConnection, error: WireError | undefined) => void;
  /** The handler threw; its stream was cancelled. */
  readonly onHandlerError?: (error: unknown, request: WireRequest) => void;
};

/** The listening side of a connection: answers streams. */
export class ServerConnection extends WireLink<WireRequest> {
  readonly #handler: RequestHandler;
  readonly #events: ServerConnectionEvents;
  #highestId = 0;
  #modelsDue: readonly string[] | undefined;
  /** Requests that begin once the kernel has taken all up to a position of the bytes written. */
  #unsent: { readonly streamId: number; readonly endBytes: number; readonly onSent: () => void }[] = [];
  /** After GOAWAY nothing above this id is taken. */
  #lastTakenId = Infinity;

  constructor(
    socket: Socket,
    options: LinkOptions & LinkOffer,
    handler: RequestHandler,
    events: ServerConnectionEvents,
  ) {
    super(socket, options);
    this.#handler = handler;
    this.#events = events;
  }

  /** Tells this waiter that one request is welcome. False: it cannot hear it now, so another one should be offered the slot. */
  sendSlot(slot: Slot): boolean {
    if (this.isClosed || this.peer === undefined) return false;
    if (this.writer.unsentBytes > this.options.maxUnsentBytes) return false;
    encodeSlot(this.writer.out, slot);
    this.requestFlush(false);
    return true;
  }

  /** Tells the caller which models this replica holds; what was told before is void. Before the handshake nothing is sent. */
  sendModels(modelIds: readonly string[]): void {
    if (this.isClosed || this.peer === undefined) return;
    // For a caller that does not read, only the newest list is kept.
    if (this.writer.isBusy) this.#modelsDue = modelIds;
    else {
      this.#modelsDue = undefined;
      encodeModels(this.writer.out, modelIds, this.peerMaxFrameBytes);
      this.requestFlush(false);
    }
  }

  /** For a stream of this connection. */
  whenSent(streamId: number, onSent: () => void): void {
    this.#unsent.push({ streamId, endBytes: this.writer.out.totalBytes, onSent });
  }

  /** Answers that wait may still be read, and behind them the reason. */
  protected override sendLastWords(): void {
    this.writer.flushAll();
  }

  /** A caller that does not read its answers gets no more of its requests read. */
  protected override onBacklog(): void {
    this.holdReading();
  }

  protected override onWritable(): void {
    if (this.#modelsDue !== undefined) this.sendModels(this.#modelsDue);
    if (this.#unsent.length > 0) this.#tellSent();
    super.onWritable();
  }

  protected override onHello(type: number, hello: Hello): void {
    if (type !== FrameType.hello) throw new WireError("protocol_error", `first frame has type ${type}, expected HELLO`);
    const chosen = chooseVersion(hello);
    if ("refusal" in chosen) throw new WireError("version_mismatch", chosen.refusal);
    const { version } = chosen;
    this.adoptPeer(hello);
    encodeHello(this.writer.out, FrameType.welcome, {
      ...this.options,
      minVersion: version,
      maxVersion: version,
      capabilities: this.options.capabilities & hello.capabilities,
    });
    this.requestFlush(true);
    this.#events.onConnection?.(this);
  }

  protected override onStreamFrame(
    type: number,
    isEnd: boolean,
    id: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    switch (type) {
      case FrameType.httpRequest:
      case FrameType.call:
        this.#onRequest(type, isEnd, id, buffer, start, end);
        return;
      case FrameType.cancel: {
        const stream = this.streams.get(id);
        if (stream === undefined) this.checkForgotten(id);
        else stream.receiveCancel(decodeCancel(buffer, start, end));
        return;
      }
      case FrameType.models:
      case FrameType.taken:
        // Diallers hold no models and begin no requests: skipped like an extension that is not known.
        return;
      default:
        throw new WireError("protocol_error", `frame type ${type} from a dialler`);
    }
  }

  /** No write is in flight: what was handed over is with the kernel. Whoever is told may write again. */
  #tellSent(): void {
    const sentBytes = this.writer.handedBytes;
    const later = this.#unsent.filter(({ endBytes }) => endBytes > sentBytes);
    const due = this.#unsent.slice(0, this.#unsent.length - later.length);
    this.#unsent = later;
    for (const { streamId, onSent } of due) {
      const stream = this.streams.get(streamId);
      if (stream !== undefined) this.#run(stream, onSent);
    }
  }

  #onRequest(type: number, isEnd: boolean, id: number, buffer: Buffer, start: number, end: number): void {
    if (id % 2 === 0) throw new WireError("protocol_error", `a dialler opened the even stream ${id}`);
    if (id <= this.#highestId)
      throw new WireError("protocol_error", `stream ${id} opened after stream ${this.#highestId}`);
    this.#highestId = id;
    const headEnd = readHeadEnd(buffer, start, end, REQUEST_FIXED_BYTES);
    const bodyBytes = end - headEnd;
    this.credit.countReceived(bodyBytes);
    if (id > this.#lastTakenId || this.streams.size >= this.options.maxStreams) {
      this.creditConnection(bodyBytes);
      // Above the last id of GOAWAY the caller knows already; otherwise it opened more than it was allowed.
      if (id <= this.#lastTakenId)
        encodeReject(this.writer.out, id, {
          ongoing: this.streams.size,
          max: this.options.maxStreams,
          code: RejectCode.atCapacity,
        });
      return;
    }
    const head =
      type === FrameType.httpRequest ? decodeHttpRequest(buffer, start, headEnd) : decodeCall(buffer, start, headEnd);
    const stream = new ServerStream<ServerConnection>(this, id, this, head, buffer.subarray(headEnd, end), isEnd);
    this.streams.set(id, stream);
    this.trackDeadline(stream, head.deadlineMs);
    this.#run(stream, this.#handler);
  }

  #run(stream: WireRequest, handler: RequestHandler): void {
    try {
      handler(stream);
    } catch (error) {
      stream.cancel(CancelCode.failed, "the handler threw");
      this.#events.onHandlerError?.(error, stream);
    }
  }

  protected override onSlotFrame(buffer: Buffer, start: number, end: number): void {
    decodeSlot(buffer, start, end);
    this.#events.onSlotReturned?.(this);
  }

  protected override checkForgotten(streamId: number): void {
    if (streamId > this.#highestId)
      throw new WireError("protocol_error", `frame for stream ${streamId}, which was never opened`);
  }

  protected override lastPeerStreamId(): number {
    this.#lastTakenId = Math.min(this.#lastTakenId, this.#highestId);
    return this.#lastTakenId;
  }

  /** The caller opens no more streams; it gets its answers and then closes. */
  protected override onPeerGoaway(): void {
    this.lastPeerStreamId();
  }

  protected override onClosed(error: WireError | undefined): void {
    this.#unsent = [];
    this.#events.onConnectionClosed?.(this, error);
  }
}
