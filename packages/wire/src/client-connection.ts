import type { Socket } from "node:net";
import { decodeCancel, decodeModels, decodeReject, decodeSlot } from "./decode-frames.ts";
import { ANSWER_FIXED_BYTES } from "./encode-answer.ts";
import { encodeHello, encodeSlot } from "./encode-frames.ts";
import { ClientStream } from "./client-stream.ts";
import type { AnswerEvents } from "./client-stream.ts";
import { decodeHttpResponse, decodeResult, decodeTrailers, readHeadEnd } from "./decode-heads.ts";
import { FrameType, MAX_STREAM_ID, PROTOCOL_VERSION_MAX, PROTOCOL_VERSION_MIN } from "./frame-types.ts";
import type { RequestHead, Slot } from "./heads.ts";
import type { Hello } from "./hello.ts";
import type { LinkOffer, LinkOptions } from "./link-options.ts";
import { WireError, withOutcome } from "./wire-error.ts";
import { WireLink } from "./wire-link.ts";

/** What the owner of a client connection wants to hear. */
export type ClientConnectionEvents = {
  /** A slot of the replica is free for one request. Answer with a request, or with `returnSlot()` when none waits. */
  readonly onSlot?: (slot: Slot) => void;
  /** The models that the replica holds now, in place of those told before; most recently used first. */
  readonly onModels?: (modelIds: readonly string[]) => void;
  /** No new requests from now on; open ones go on. Replace the connection. */
  readonly onGoaway?: () => void;
  /** Over, after the handshake was done; before that `connectWire` rejects. */
  readonly onClose?: (error: WireError | undefined) => void;
};

export type ClientConnectionOptions = Partial<LinkOptions> &
  ClientConnectionEvents & {
    /** For tests of what happens when ids run out. Odd. */
    readonly firstStreamId?: number;
  };

/** The dialling side of a connection: opens streams. */
export class ClientConnection extends WireLink<ClientStream> {
  readonly #events: ClientConnectionEvents;
  readonly #onReady: (error: WireError | undefined) => void;
  #nextId: number;

  constructor(
    socket: Socket,
    options: LinkOptions & LinkOffer,
    events: ClientConnectionEvents,
    firstStreamId: number,
    onReady: (error: WireError | undefined) => void,
  ) {
    super(socket, options);
    this.#events = events;
    this.#nextId = firstStreamId;
    this.#onReady = onReady;
    encodeHello(this.writer.out, FrameType.hello, {
      ...options,
      minVersion: PROTOCOL_VERSION_MIN,
      maxVersion: PROTOCOL_VERSION_MAX,
    });
    this.writer.flush();
  }

  /** True when a request can be started: connected, not draining, and the peer has room for a stream. */
  get isAccepting(): boolean {
    return (
      !this.isDraining &&
      !this.isClosed &&
      this.streams.size < (this.peer?.maxStreams ?? 0) &&
      this.writer.unsentControlBytes <= this.options.maxUnsentBytes
    );
  }

  /** Sends a request whose whole body is at hand (undefined: none). Small ones are one frame. Throws `safe` errors only. */
  request(head: RequestHead, body: Buffer | undefined, events: AnswerEvents): ClientStream {
    return this.#open(head, body, true, events);
  }

  /** Sends the head of a request; the body follows with `write` and `end` on the stream. */
  openRequest(head: RequestHead, events: AnswerEvents): ClientStream {
    return this.#open(head, undefined, false, events);
  }

  /** Gives an offered slot back: nothing waits here any more, the replica may offer it to somebody else. */
  returnSlot(slot: Slot): void {
    if (this.isClosed) return;
    encodeSlot(this.writer.out, slot);
    this.requestFlush(false);
  }

  #open(head: RequestHead, body: Buffer | undefined, isComplete: boolean, events: AnswerEvents): ClientStream {
    if (this.isDraining || this.isClosed)
      throw new WireError("going_away", "the connection takes no new requests", "safe");
    if (!this.isAccepting) throw new WireError("rejected", "the connection has no room for another stream", "safe");
    const stream = new ClientStream(this, this.#nextId, events);
    const isWhole = stream.encodeHead(head, body, isComplete);
    this.streams.set(stream.id, stream);
    this.#nextId += 2;
    this.trackDeadline(stream, head.deadlineMs);
    this.requestFlush(isWhole);
    if (isComplete && !isWhole) stream.end(body);
    // Ids are used up: finish what runs, the owner dials anew.
    if (this.#nextId > MAX_STREAM_ID) {
      this.sendDrain();
      this.#events.onGoaway?.();
    }
    return stream;
  }

  /** A dialler always reads: if both sides waited for the other to read first, neither ever would. */
  protected override onBacklog(): void {
    const bytes = this.writer.unsentControlBytes;
    if (bytes <= this.options.maxUnsentBytes * 2) return;
    this.failConnection(new WireError("flow_control", `peer sends but does not read: ${bytes} bytes wait for it`));
  }

  protected override onHello(type: number, hello: Hello): void {
    if (type !== FrameType.welcome)
      throw new WireError("protocol_error", `first frame has type ${type}, expected WELCOME`);
    if (hello.maxVersion < PROTOCOL_VERSION_MIN || hello.maxVersion > PROTOCOL_VERSION_MAX) {
      throw new WireError("version_mismatch", `peer chose version ${hello.maxVersion}`);
    }
    this.adoptPeer(hello);
    this.#onReady(undefined);
  }

  protected override onStreamFrame(
    type: number,
    isEnd: boolean,
    id: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void {
    const stream = this.streams.get(id);
    switch (type) {
      case FrameType.httpResponse:
      case FrameType.result: {
        const headEnd = readHeadEnd(buffer, start, end, ANSWER_FIXED_BYTES);
        this.credit.countReceived(end - headEnd);
        if (stream === undefined) {
          this.checkForgotten(id);
          this.creditConnection(end - headEnd);
          return;
        }
        const head =
          type === FrameType.httpResponse
            ? decodeHttpResponse(buffer, start, headEnd)
            : decodeResult(buffer, start, headEnd);
        stream.receiveHead(head, buffer.subarray(headEnd, end), isEnd);
        return;
      }
      case FrameType.trailers: {
        const trailers = decodeTrailers(buffer, start, readHeadEnd(buffer, start, end, ANSWER_FIXED_BYTES));
        if (stream === undefined) this.checkForgotten(id);
        else stream.receiveTrailers(trailers);
        return;
      }
      case FrameType.cancel:
        if (stream === undefined) this.checkForgotten(id);
        else stream.receiveCancel(decodeCancel(buffer, start, end));
        return;
      case FrameType.reject:
        if (stream === undefined) this.checkForgotten(id);
        else stream.receiveReject(decodeReject(buffer, start, end));
        return;
      case FrameType.taken:
        if (stream === undefined) this.checkForgotten(id);
        else stream.receiveTaken();
        return;
      case FrameType.models:
        this.#events.onModels?.(decodeModels(buffer, start, end));
        return;
      default:
        throw new WireError("protocol_error", `frame type ${type} from a listener`);
    }
  }

  protected override onSlotFrame(buffer: Buffer, start: number, end: number): void {
    const slot = decodeSlot(buffer, start, end);
    if (this.#events.onSlot === undefined) this.returnSlot(slot);
    else this.#events.onSlot(slot);
  }

  protected override checkForgotten(streamId: number): void {
    if (streamId % 2 === 0 || streamId >= this.#nextId)
      throw new WireError("protocol_error", `frame for stream ${streamId}, which was never opened`);
  }

  /** The listener opens no streams in this version. */
  protected override lastPeerStreamId(): number {
    return 0;
  }

  protected override onPeerGoaway(lastId: number, error: WireError): void {
    const untaken = [...this.streams.values()].filter((stream) => stream.id > lastId);
    for (const stream of untaken) stream.fail(withOutcome(error, "safe"));
    this.#events.onGoaway?.();
  }

  protected override onClosed(error: WireError | undefined): void {
    this.#onReady(error ?? new WireError("going_away", "the peer closed the connection", "safe"));
    if (this.peer !== undefined) this.#events.onClose?.(error);
  }
}
