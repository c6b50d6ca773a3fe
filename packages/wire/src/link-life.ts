import type { Socket } from "node:net";
import { closeSocket } from "./close-socket.ts";
import { DeadlineSweep } from "./deadline-sweep.ts";
import { encodeGoaway, encodePing } from "./encode-frames.ts";
import { Capability, FrameType, GoawayCode } from "./frame-types.ts";
import type { Hello } from "./hello.ts";
import { Keepalive } from "./keepalive.ts";
import type { LinkOffer, LinkOptions } from "./link-options.ts";
import { SocketWriter } from "./socket-writer.ts";
import { identityOf } from "./tls.ts";
import type { PeerIdentity } from "./tls.ts";
import { WireError, goawayCodeOf } from "./wire-error.ts";
import type { WireStream } from "./wire-stream.ts";

/** The life of a connection, whatever runs over it: handshake within its time, keepalive, deadlines, draining, one end. */
export abstract class LinkLife<Stream extends WireStream> {
  readonly writer: SocketWriter;
  /** Settles when the connection is over; with the error that ended it, or undefined after an orderly drain. */
  readonly closed: Promise<WireError | undefined>;
  protected readonly options: LinkOptions & LinkOffer;
  protected readonly streams = new Map<number, Stream>();
  protected isDraining = false;
  protected isGoawaySent = false;
  protected isEnded = false;
  /** The end of all that the peer ever sends was read: it says and begins nothing more. */
  isReadToEnd = false;
  /** The listener says TAKEN before it lets an unsafe request begin. */
  saysTaken = false;
  protected keepalive: Keepalive | undefined;
  /** Who the peer is by its certificate; undefined without TLS. */
  readonly identity: PeerIdentity | undefined;
  #peer: Hello | undefined;
  /** All streams are done, and only their last bytes keep the connection. */
  #isEnding = false;
  readonly #socket: Socket;
  readonly #deadlines: DeadlineSweep;
  readonly #handshakeTimer: NodeJS.Timeout;
  #settleClosed: (error: WireError | undefined) => void = () => undefined;

  constructor(socket: Socket, options: LinkOptions & LinkOffer) {
    this.#socket = socket;
    this.options = options;
    this.identity = identityOf(socket);
    this.closed = new Promise((resolve) => {
      this.#settleClosed = resolve;
    });
    this.#deadlines = new DeadlineSweep(this.streams);
    this.writer = new SocketWriter(socket, () => {
      this.onWritable();
      if (this.#isEnding) this.endGently();
    });
    this.#handshakeTimer = setTimeout(() => {
      this.failConnection(
        new WireError("handshake_timeout", `no handshake within ${options.handshakeTimeoutMs} ms`, "safe"),
      );
    }, options.handshakeTimeoutMs);
    socket.on("error", (error) => {
      // In TLS 1.3 a dialler learns only after its own handshake that the listener does not take its certificate.
      const isRefused = this.#peer === undefined && "code" in error && String(error.code).startsWith("ERR_SSL");
      const code = isRefused ? "refused" : "connection_lost";
      // A reset is read last, behind all that came before it.
      this.isReadToEnd = "syscall" in error && error.syscall === "read";
      this.#finish(new WireError(code, `connection lost: ${error.message}`, "taken", error));
    });
    // A peer that has closed its side sends no more answers and grants no more credit.
    socket.on("end", () => {
      this.isReadToEnd = true;
      this.endNow(this.#endedByPeer());
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
    return this.isEnded;
  }

  /** Streams that are open now. */
  get openStreams(): number {
    return this.streams.size;
  }

  /** Bytes that wait in this process for the kernel to take them. */
  get unsentBytes(): number {
    return this.writer.unsentBytes;
  }

  /**
   * Takes no new streams, tells the peer so, lets the open ones finish, closes. After `graceMs` what is left is cut off.
   * Settles when the connection is over.
   */
  async drain(graceMs = 30_000): Promise<void> {
    if (!this.isEnded) {
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

  /** Turns the peer away, with the reason. */
  refuse(reason: string): void {
    this.failConnection(new WireError("refused", reason, "safe"));
  }

  /** The last id to name in GOAWAY. */
  protected abstract lastPeerStreamId(): number;
  protected abstract onClosed(error: WireError | undefined): void;
  /**
   * The connection fails while the peer does not read. A dialler keeps what waits: requests that were not handed to the kernel
   * are safe to send elsewhere.
   */
  protected sendLastWords(): void {
    // nothing is worth it
  }
  /** The socket takes bytes again. */
  protected abstract onWritable(): void;

  /** The handshake is done. */
  protected adoptPeer(peer: Hello): void {
    clearTimeout(this.#handshakeTimer);
    this.#peer = peer;
    this.saysTaken = (peer.capabilities & this.options.capabilities & Capability.taken) !== 0;
    this.keepalive = new Keepalive({
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
    if (this.streams.size === 0) this.endGently();
  }

  /** Tells the peer why, as far as it still listens, and ends everything. */
  protected failConnection(error: WireError): void {
    if (this.isEnded) return;
    encodeGoaway(this.writer.out, this.lastPeerStreamId(), goawayCodeOf(error), error.message);
    this.writer.flush();
    if (this.writer.out.pendingBytes > 0) this.sendLastWords();
    this.endNow(error);
  }

  /** Nothing runs any more. */
  /** Ends once everything written has left this process: while the socket is full, the last answers still wait here. */
  protected endGently(): void {
    this.writer.flush();
    if (this.writer.out.pendingBytes > 0 && !this.isEnded) this.#isEnding = true;
    else this.endNow(undefined);
  }

  /** Over, for this reason; undefined = in order. */
  protected endNow(error: WireError | undefined): void {
    this.#finish(error);
    closeSocket(this.#socket);
  }

  #endedByPeer(): WireError | undefined {
    if (this.isDraining && this.streams.size === 0) return undefined;
    return new WireError("connection_lost", "connection lost: the peer closed it");
  }

  /** Runs once, however the connection ends. */
  #finish(error: WireError | undefined): void {
    if (this.isEnded) return;
    this.isEnded = true;
    clearTimeout(this.#handshakeTimer);
    this.#deadlines.stop();
    this.keepalive?.stop();
    const failed = [...this.streams.values()];
    const reason = error ?? new WireError("connection_lost", "connection closed");
    for (const stream of failed) stream.fail(reason);
    this.onClosed(error);
    this.#settleClosed(error);
  }
}
