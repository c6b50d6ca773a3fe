import type { Socket } from "node:net";
import { ConnectionCredit } from "./connection-credit.ts";
import { decodeGoaway, decodePing, decodeWindowUpdate } from "./decode-frames.ts";
import { encodeGoaway, encodePing, encodeWindowUpdate } from "./encode-frames.ts";
import { DeadlineSweep } from "./deadline-sweep.ts";
import { FLAG_END, FrameType, GoawayCode, MAX_WINDOW_BYTES } from "./frame-types.ts";
import { FrameReader } from "./frame-reader.ts";
import type { FrameSink } from "./frame-reader.ts";
import { readHello } from "./hello.ts";
import type { Hello } from "./hello.ts";
import { Keepalive } from "./keepalive.ts";
import type { LinkOptions } from "./link-options.ts";
import { SocketWriter } from "./socket-writer.ts";
import { WireError, errorFromGoaway, goawayCodeOf } from "./wire-error.ts";
import type { StreamLink, WireStream } from "./wire-stream.ts";

/** Frames without credit (heads, PONG, REJECT) that may wait for a peer that does not read, beyond the bodies it allowed. */
const MAX_UNSENT_BYTES = 134_217_728;
/** Time that a closing socket has to take the last GOAWAY. */
const LAST_WRITE_MS = 1_000;

/**
 * One connection, the part that both sides have in common: handshake state, flow control of the whole connection,
 * keepalive, deadlines, draining, and the end. The sides differ in who opens streams.
 */
export abstract class WireLink<Stream extends WireStream> implements StreamLink, FrameSink {
  readonly writer: SocketWriter;
  readonly credit: ConnectionCredit;
  peerMaxFrameBytes = 0;
  peerStreamWindowBytes = 0;
  readonly ownStreamWindowBytes: number;
  /** Settles when the connection is over; with the error that ended it, or undefined after an orderly drain. */
  readonly closed: Promise<WireError | undefined>;
  protected readonly options: LinkOptions;
  protected readonly streams = new Map<number, Stream>();
  protected isDraining = false;
  protected isGoawaySent = false;
  #peer: Hello | undefined;
  #isEnded = false;
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  #isReading = false;
  readonly #deadlines: DeadlineSweep;
  readonly #handshakeTimer: NodeJS.Timeout;
  #keepalive: Keepalive | undefined;
  #settleClosed: (error: WireError | undefined) => void = () => undefined;

  constructor(socket: Socket, options: LinkOptions) {
    this.#socket = socket;
    this.options = options;
    this.ownStreamWindowBytes = options.streamWindowBytes;
    this.credit = new ConnectionCredit(options.connectionWindowBytes);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.#deadlines = new DeadlineSweep(this.streams);
    this.writer = new SocketWriter(socket, () => {
      this.credit.resume(this.writer);
    });
    this.#reader = new FrameReader(this);
    this.#handshakeTimer = setTimeout(() => {
      this.failConnection(
        new WireError("handshake_timeout", `no handshake within ${options.handshakeTimeoutMs} ms`, "safe"),
      );
    }, options.handshakeTimeoutMs);
    socket.on("data", (chunk: Buffer) => {
      this.#receive(chunk);
    });
    socket.on("error", (error) => {
      this.#finish(new WireError("connection_lost", `connection lost: ${error.message}`, "taken", error));
    });
    // A peer that has closed its side sends no more answers and grants no more credit.
    socket.on("end", () => {
      this.#finish(this.#endedByPeer());
      this.#closeSocket();
    });
    socket.on("close", () => {
      this.#finish(this.#endedByPeer());
    });
  }

  /** What the peer said of itself; undefined until the handshake is done. */
  get peer(): Hello | undefined {
    return this.#peer;
  }

  get isClosed(): boolean {
    return this.#isEnded;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.streams.size;
  }

  /** Bytes that wait in this process for the kernel to take them. */
  get unsentBytes(): number {
    return this.writer.out.pendingBytes + this.#socket.writableLength;
  }

  /**
   * Takes no new streams, tells the peer so, lets the open ones finish, closes. After `graceMs` what is left is cut off.
   * Settles when the connection is over.
   */
  async drain(graceMs = 30_000): Promise<void> {
    if (!this.#isEnded) {
      this.sendDrain();
      const timer = setTimeout(() => {
        this.failConnection(new WireError("going_away", `not finished within ${graceMs} ms of draining`));
      }, graceMs);
      void this.closed.then(() => {
        clearTimeout(timer);
      });
    }
    await this.closed;
  }

  /** Ends the connection now; open streams fail. */
  destroy(reason = "closed by this side"): void {
    this.failConnection(new WireError("connection_lost", reason));
  }

  creditConnection(bytes: number): void {
    const given = this.credit.countConsumed(bytes);
    if (given === 0 || this.#isEnded) return;
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

  forgetStream(stream: WireStream): void {
    this.streams.delete(stream.id);
    if (this.isDraining && this.streams.size === 0) this.#endGently();
  }

  onFrame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void {
    if (this.#peer === undefined) {
      this.#onHandshakeFrame(type, buffer, start, end);
      return;
    }
    if (type >= FrameType.httpRequest) {
      this.onStreamFrame(type, (flags & FLAG_END) !== 0, streamId, buffer, start, end);
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
    if (this.#peer === undefined) throw new WireError("protocol_error", "DATA before the handshake");
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
  /** The last id to name in GOAWAY. */
  protected abstract lastPeerStreamId(): number;
  protected abstract onPeerGoaway(lastId: number, error: WireError): void;
  protected abstract onClosed(error: WireError | undefined): void;

  protected adoptPeer(peer: Hello): void {
    clearTimeout(this.#handshakeTimer);
    this.#peer = peer;
    this.peerMaxFrameBytes = peer.maxFrameBytes;
    this.peerStreamWindowBytes = peer.streamWindowBytes;
    this.credit.sendBytes = peer.connectionWindowBytes;
    this.#reader.maxPayloadBytes = this.options.maxFrameBytes;
    this.#keepalive = new Keepalive({
      intervalMs: this.options.pingIntervalMs,
      timeoutMs: this.options.pingTimeoutMs,
      sendPing: () => {
        encodePing(this.writer.out, FrameType.ping, 0, 0);
        this.writer.flush();
      },
      onDead: (silentMs) => {
        this.failConnection(new WireError("keepalive_timeout", `peer was silent for ${Math.round(silentMs)} ms`));
      },
    });
  }

  protected trackDeadline(stream: Stream, deadlineMs: number): void {
    this.#deadlines.track(stream, deadlineMs);
  }

  protected sendDrain(): void {
    if (this.isGoawaySent) return;
    this.isGoawaySent = true;
    this.isDraining = true;
    encodeGoaway(this.writer.out, this.lastPeerStreamId(), GoawayCode.drain, "draining");
    this.writer.flush();
    if (this.streams.size === 0) this.#endGently();
  }

  /** Tells the peer why, as far as it still listens, and ends everything. */
  protected failConnection(error: WireError): void {
    if (this.#isEnded) return;
    encodeGoaway(this.writer.out, this.lastPeerStreamId(), goawayCodeOf(error), error.message);
    this.writer.flush();
    this.#finish(error);
    this.#closeSocket();
  }

  #receive(chunk: Buffer): void {
    if (this.#isEnded) return;
    this.#keepalive?.received();
    this.#isReading = true;
    try {
      this.#reader.push(chunk);
    } catch (error) {
      this.#isReading = false;
      this.failConnection(
        error instanceof WireError ? error : new WireError("internal", "a stream callback threw", "taken", error),
      );
      return;
    }
    this.#isReading = false;
    this.writer.flush();
    const unsentBytes = this.writer.out.pendingBytes;
    if (unsentBytes > this.credit.sendBytes + MAX_UNSENT_BYTES) {
      this.failConnection(
        new WireError("flow_control", `peer sends but does not read: ${unsentBytes} bytes wait for it`),
      );
    }
  }

  #onHandshakeFrame(type: number, buffer: Buffer, start: number, end: number): void {
    if (type === FrameType.goaway) {
      const { code, text } = decodeGoaway(buffer, start, end);
      this.#finish(errorFromGoaway(code, text));
      this.#closeSocket();
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
      this.#finish(error);
      this.#closeSocket();
    } else if (this.streams.size === 0) this.#endGently();
  }

  #endGently(): void {
    this.writer.flush();
    this.#finish(undefined);
    this.#closeSocket();
  }

  /** Closes our direction and waits for the peer's, so that the last frames are not lost to a reset; but not for long. */
  #closeSocket(): void {
    const socket = this.#socket;
    if (socket.destroyed || socket.writableEnded) return;
    socket.end();
    const timer = setTimeout(() => socket.destroy(), LAST_WRITE_MS);
    socket.once("close", () => {
      clearTimeout(timer);
    });
  }

  #endedByPeer(): WireError | undefined {
    if (this.isDraining && this.streams.size === 0) return undefined;
    return new WireError("connection_lost", "connection lost: the peer closed it");
  }

  /** Runs once, however the connection ends. */
  #finish(error: WireError | undefined): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    clearTimeout(this.#handshakeTimer);
    this.#deadlines.stop();
    this.#keepalive?.stop();
    const failed = [...this.streams.values()];
    const reason = error ?? new WireError("connection_lost", "connection closed");
    for (const stream of failed) stream.fail(reason);
    this.onClosed(error);
    this.#settleClosed(error);
  }
}
