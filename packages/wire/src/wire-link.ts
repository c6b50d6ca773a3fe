import type { Socket } from "node:net";
import { ConnectionCredit } from "./connection-credit.ts";
import { decodeGoaway, decodePing, decodeWindowUpdate } from "./decode-frames.ts";
import { encodePing, encodeWindowUpdate } from "./encode-frames.ts";
import { FLAG_END, FrameType, GoawayCode, MAX_WINDOW_BYTES } from "./frame-types.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameSink } from "./frame-reader.ts";
import { readHello } from "./hello.ts";
import type { Hello } from "./hello.ts";
import { readLent } from "./lent-reads.ts";
import { LinkLife } from "./link-life.ts";
import type { LinkOffer, LinkOptions } from "./link-options.ts";
import { WireError, errorFromGoaway } from "./wire-error.ts";
import type { SendingStream, StreamLink } from "./sending-stream.ts";
import type { WireStream } from "./wire-stream.ts";

/**
 * The frames of one connection, the part that both sides have in common: who gets a frame, flow control of the whole
 * connection, when bytes leave. The sides differ in who opens streams.
 */
export abstract class WireLink<Stream extends WireStream> extends LinkLife<Stream> implements StreamLink, FrameSink {
  readonly credit: ConnectionCredit;
  peerMaxFrameBytes = 0;
  peerStreamWindowBytes = 0;
  readonly ownStreamWindowBytes: number;
  readonly grownStreamWindowBytes: number;
  readonly #reader: FrameReader;
  #isReading = false;
  #isHeld = false;
  readonly #readSocket: Socket;

  constructor(socket: Socket, options: LinkOptions & LinkOffer) {
    super(socket, options);
    this.ownStreamWindowBytes = options.streamWindowBytes;
    this.grownStreamWindowBytes = options.grownStreamWindowBytes;
    this.credit = new ConnectionCredit(options.connectionWindowBytes);
    this.#reader = new FrameReader(this);
    this.#readSocket = socket;
    readLent(socket, (lent) => {
      this.keepalive?.received();
      this.#read(lent);
    });
  }

  creditConnection(bytes: number): void {
    const given = this.credit.countConsumed(bytes);
    if (given === 0 || this.isEnded) return;
    encodeWindowUpdate(this.writer.out, 0, given);
    this.requestFlush(false);
  }

  /**
   * Frames written while input is read go out together when it is all read. Otherwise they wait for the end of this turn
   * of the loop, except for the end of the only stream: then nothing else will come, and waiting costs latency.
   */
  requestFlush(isEnd: boolean): void {
    if (this.#isReading) return;
    if (isEnd && this.streams.size <= 1) this.writer.flush();
    else this.writer.scheduleFlush();
  }

  forgetStream(stream: SendingStream): void {
    this.streams.delete(stream.id);
    if (this.isDraining && this.streams.size === 0) this.endGently();
  }

  onFrame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    // Connections end in the middle of a chunk; what follows in it is of no interest.
    if (this.isEnded) return;
    if (this.peer === undefined) {
      this.#onHandshakeFrame(type, buffer, start, end);
      return;
    }
    if (type >= FrameType.httpRequest) {
      this.onStreamFrame(type, (flags & FLAG_END) !== 0, streamId, buffer, start, end);
      if (this.writer.unsentBytes > this.options.maxUnsentBytes) this.#onFull();
      return;
    }
    switch (type) {
      case FrameType.windowUpdate:
        this.#onWindowUpdate(streamId, decodeWindowUpdate(buffer, start, end));
        return;
      case FrameType.ping: {
        const { low, high } = decodePing(buffer, start, end);
        encodePing(this.writer.out, FrameType.pong, low, high);
        this.requestFlush(true);
        return;
      }
      case FrameType.pong:
        decodePing(buffer, start, end);
        return;
      case FrameType.goaway: {
        const { lastId, code, text } = decodeGoaway(buffer, start, end);
        this.#onGoaway(lastId, code, text);
        return;
      }
      case FrameType.slot:
        this.onSlotFrame(buffer, start, end);
        return;
      default:
        throw new WireError("protocol_error", `frame type ${type} after the handshake`);
    }
  }

  onDataPiece(flags: number, streamId: number, piece: Buffer, isLast: boolean): void {
    if (this.isEnded) return;
    if (this.peer === undefined) throw new WireError("protocol_error", "DATA before the handshake");
    this.credit.countReceived(piece.length);
    const stream = this.streams.get(streamId);
    if (stream !== undefined) stream.receivePiece(piece, isLast && (flags & FLAG_END) !== 0);
    else {
      this.checkForgotten(streamId);
      this.creditConnection(piece.length);
    }
  }

  /** The side's own answer to HELLO or WELCOME. Throws to refuse. */
  protected abstract onHello(type: number, hello: Hello): void;
  protected abstract onStreamFrame(
    type: number,
    isEnd: boolean,
    id: number,
    buffer: Buffer,
    start: number,
    end: number,
  ): void;
  protected abstract onSlotFrame(buffer: Buffer, start: number, end: number): void;
  /** Throws when a frame names a stream that never was; one that is over is fine, frames cross on the way. */
  protected abstract checkForgotten(streamId: number): void;
  protected abstract onPeerGoaway(lastId: number, error: WireError): void;

  protected override adoptPeer(peer: Hello): void {
    super.adoptPeer(peer);
    this.peerMaxFrameBytes = peer.maxFrameBytes;
    this.peerStreamWindowBytes = peer.streamWindowBytes;
    this.credit.sendBytes = peer.connectionWindowBytes;
    this.#reader.maxPayloadBytes = this.options.maxFrameBytes;
  }

  protected override onWritable(): void {
    this.credit.resume(this.writer);
    if (!this.#isHeld) return;
    // What the peer sends is not read meanwhile; that it reads shows as well that it lives.
    this.keepalive?.received();
    if (this.writer.unsentBytes * 2 > this.options.maxUnsentBytes) return;
    this.#isHeld = false;
    this.#readSocket.resume();
    this.#read(undefined);
  }

  /** More waits for the peer than `maxUnsentBytes`: the side says what to do about it. */
  protected abstract onBacklog(): void;

  /** Reads no more from this peer until it has read what waits for it. */
  protected holdReading(): void {
    if (this.#isHeld || this.isEnded) return;
    this.#isHeld = true;
    this.#reader.hold();
    this.#readSocket.pause();
  }

  /** True while reading is held back. */
  get isHeld(): boolean {
    return this.#isHeld;
  }

  /** In the middle of reading: what the kernel takes now need not wait. */
  #onFull(): void {
    this.writer.flush();
    if (this.writer.unsentBytes > this.options.maxUnsentBytes) this.onBacklog();
  }

  /** What just arrived, or undefined for what was held back. */
  #read(lent: Buffer | undefined): void {
    if (this.isEnded) return;
    this.#isReading = true;
    try {
      if (lent === undefined) this.#reader.resume();
      else this.#reader.push(lent);
    } catch (error) {
      this.#isReading = false;
      this.failConnection(
        error instanceof WireError ? error : new WireError("internal", "a stream callback threw", "taken", error),
      );
      return;
    }
    this.#isReading = false;
    this.writer.flush();
    if (this.writer.unsentBytes > this.options.maxUnsentBytes) this.onBacklog();
  }

  #onHandshakeFrame(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === FrameType.goaway) {
      const { code, text } = decodeGoaway(buffer, start, end);
      this.endNow(errorFromGoaway(code, text));
      return;
    }
    this.onHello(type, readHello(buffer, start, end));
  }

  #onWindowUpdate(streamId: number, bytes: number): void {
    if (streamId === 0) {
      this.credit.grant(bytes);
      this.credit.resume(this.writer);
      return;
    }
    const stream = this.streams.get(streamId);
    if (stream === undefined) {
      this.checkForgotten(streamId);
      return;
    }
    if (stream.sendCredit + bytes > MAX_WINDOW_BYTES)
      throw new WireError("flow_control", `window of stream ${streamId} is over 2^31 - 1`);
    stream.addSendCredit(bytes);
  }

  #onGoaway(lastId: number, code: number, text: string): void {
    const error = errorFromGoaway(code, text);
    this.isDraining = true;
    this.onPeerGoaway(lastId, error);
    if (code !== GoawayCode.drain) {
      // Its last word: whoever says it has ended all its streams.
      this.isReadToEnd = true;
      this.endNow(error);
    } else if (this.streams.size === 0) this.endGently();
  }
}
