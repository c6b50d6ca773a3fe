import type { CancelCode } from "./frame-types.ts";
import { encodeCancel, encodeWindowUpdate } from "./encode-frames.ts";
import type { Cancel, Trailers } from "./heads.ts";
import { SendingStream } from "./sending-stream.ts";
import type { StreamLink } from "./sending-stream.ts";
import { WireError } from "./wire-error.ts";

/** One request and its answer, seen from either side: sending and receiving a body under credit. */
export abstract class WireStream extends SendingStream {
  /** Milliseconds on the monotonic clock (`performance.now()`), Infinity without a deadline. */
  deadlineAtMs = Infinity;
  protected isReceiveEnded = false;
  #receiveCredit: number;
  #grownBytes = 0;
  #uncreditedBytes = 0;
  #unconsumedBytes = 0;

  constructor(link: StreamLink, id: number) {
    super(link, id);
    this.#receiveCredit = link.ownStreamWindowBytes;
  }

  /** Gives the peer credit for received bytes for which `onData` had returned false. */
  consumed(bytes: number): void {
    const counted = Math.min(bytes, this.#unconsumedBytes);
    if (counted <= 0) return;
    this.#unconsumedBytes -= counted;
    this.link.creditConnection(counted);
    if (this.isReceiveEnded || !this.isOpen) return this.#returnGrowth();
    this.#uncreditedBytes += counted;
    if (this.#uncreditedBytes * 2 < this.link.ownStreamWindowBytes + this.#grownBytes) return;
    this.#growWindow();
    encodeWindowUpdate(this.link.writer.out, this.id, this.#uncreditedBytes);
    this.#receiveCredit += this.#uncreditedBytes;
    this.#uncreditedBytes = 0;
    this.link.requestFlush(false);
  }

  /** A body that is long, and read, is worth more room: fewer rounds of credit, each of which wakes two processes. */
  #growWindow(): void {
    const { grownStreamWindowBytes, ownStreamWindowBytes, credit } = this.link;
    const growth = grownStreamWindowBytes - ownStreamWindowBytes;
    if (this.#grownBytes > 0 || growth <= 0 || !credit.mayGrow(growth)) return;
    this.#grownBytes = growth;
    this.#uncreditedBytes += growth;
  }

  #returnGrowth(): void {
    if (this.#grownBytes === 0 || this.#unconsumedBytes > 0 || (this.isOpen && !this.isReceiveEnded)) return;
    this.link.credit.returnGrowth(this.#grownBytes);
    this.#grownBytes = 0;
  }

  /** Breaks the stream off in both directions and tells the peer. Received bytes that nobody read are let go. */
  cancel(code: CancelCode, text = ""): void {
    if (this.isOpen) {
      encodeCancel(this.link.writer.out, this.id, code, text);
      this.link.requestFlush(true);
      this.close();
    }
    this.consumed(this.#unconsumedBytes);
  }

  /** A piece of DATA arrived. For the connection. */
  receivePiece(piece: Buffer, isEnd: boolean): void {
    if (this.isReceiveEnded) throw new WireError("protocol_error", `DATA after the end of stream ${this.id}`);
    this.countReceived(piece.length);
    if (isEnd) this.isReceiveEnded = true;
    if (piece.length > 0 && this.onPiece(piece)) this.consumed(piece.length);
    if (isEnd) this.finishReceive(undefined);
  }

  /** The peer has ended its direction. */
  protected finishReceive(trailers: Trailers | undefined): void {
    this.isReceiveEnded = true;
    this.#returnGrowth();
    this.onReceiveEnd(trailers);
    this.closeIfDone();
  }

  protected override close(): void {
    super.close();
    this.#returnGrowth();
  }

  /** The peer cancelled. For the connection. */
  abstract receiveCancel(cancel: Cancel): void;
  /** The connection, the deadline or a GOAWAY ended the stream. For the connection. */
  abstract fail(error: WireError): void;
  /** True when the piece is consumed. */
  protected abstract onPiece(piece: Buffer): boolean;
  protected abstract onReceiveEnd(trailers: Trailers | undefined): void;
  /** Counts received body bytes against what the peer was allowed to send. */
  protected countReceived(bytes: number): void {
    this.#receiveCredit -= bytes;
    this.#unconsumedBytes += bytes;
    if (this.#receiveCredit < 0) throw new WireError("flow_control", `stream ${this.id} got more body than its window`);
  }

  protected override closeIfDone(): void {
    if (this.isSendEnded && this.isReceiveEnded) this.close();
  }
}
