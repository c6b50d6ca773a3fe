import { MAX_WINDOW_BYTES } from "./frame-types.ts";
import { WireError } from "./wire-error.ts";
import type { SendingStream } from "./sending-stream.ts";

/** Flow control over all streams of a connection: what we may send, what the peer may send, and whose turn it is. */
export class ConnectionCredit {
  /** Body bytes that the peer still accepts over all streams. */
  sendBytes = 0;
  /** Streams with bytes to send that wait for the connection, in the order in which they get their turn. */
  readonly blocked = new Set<SendingStream>();
  readonly #windowBytes: number;
  #receiveBytes: number;
  #uncreditedBytes = 0;
  /** By how much the windows of streams have grown beyond those of the handshake. */
  #grownBytes = 0;

  constructor(windowBytes: number) {
    this.#windowBytes = windowBytes;
    this.#receiveBytes = windowBytes;
  }

  /** Body bytes arrived, inline or as DATA. */
  countReceived(bytes: number): void {
    this.#receiveBytes -= bytes;
    if (this.#receiveBytes < 0) throw new WireError("flow_control", "the connection got more body than its window");
  }

  /** Body bytes were consumed; returns the credit to give now: 0 until an eighth of the window is due, so that updates are rare. */
  countConsumed(bytes: number): number {
    this.#uncreditedBytes += bytes;
    if (this.#uncreditedBytes * 8 < this.#windowBytes) return 0;
    const given = this.#uncreditedBytes;
    this.#receiveBytes += given;
    this.#uncreditedBytes = 0;
    return given;
  }

  /**
   * Lets the window of a stream grow, while all that have grown take at most a quarter of the connection's: readers that then stop
   * reading must not use up what the others live on.
   */
  mayGrow(bytes: number): boolean {
    if ((this.#grownBytes + bytes) * 4 > this.#windowBytes) return false;
    this.#grownBytes += bytes;
    return true;
  }

  /** The stream is over, and what it had received is consumed. */
  returnGrowth(bytes: number): void {
    this.#grownBytes -= bytes;
  }

  /** The peer gave credit. */
  grant(bytes: number): void {
    this.sendBytes += bytes;
    if (this.sendBytes > MAX_WINDOW_BYTES) {
      throw new WireError("flow_control", "window of the connection is over 2^31 - 1");
    }
  }

  /** Lets blocked streams send, one frame each and turn, until the credit is used up or the socket takes no more. */
  resume(writer: { readonly isBusy: boolean }): void {
    while (this.blocked.size > 0 && this.sendBytes > 0 && !writer.isBusy) {
      const turn = [...this.blocked];
      this.blocked.clear();
      for (const stream of turn) if (stream.pumpOnce()) this.blocked.add(stream);
    }
  }
}
