import { FIRST_EXTENSION_TYPE, FRAME_HEADER_BYTES, FrameType, HANDSHAKE_MAX_PAYLOAD_BYTES } from "./frame-types.ts";
import { WireError } from "./wire-error.ts";

/** Receives frames. `buffer` holds the payload in [start, end); it is lent for the length of the call, as pieces are. */
export type FrameSink = {
  onFrame(type: number, flags: number, streamId: number, buffer: Buffer, start: number, end: number): void;
  /** A piece of a DATA payload as it arrives; `isLast` with the piece that completes the frame. */
  onDataPiece(flags: number, streamId: number, piece: Buffer, isLast: boolean): void;
};

/** By type: 1 known, 0 not. A table, because it is asked for every frame. */
const knownTypes = new Uint8Array(256);
for (const type of Object.values(FrameType)) knownTypes[type] = 1;

/**
 * Cuts a byte stream into frames, whatever its chunks, which are lent. Payloads that lie in one chunk are not copied; DATA is never
 * gathered, its pieces go on as they come; any other frame cut by a chunk border is copied once.
 * `push` throws WireError on a hostile or broken stream, and must not be called again after that.
 */
export class FrameReader {
  /** Raised to the announced limit when the handshake is done. */
  maxPayloadBytes = HANDSHAKE_MAX_PAYLOAD_BYTES;
  readonly #sink: FrameSink;
  #isHeld = false;
  #held: Buffer | undefined;
  readonly #headerBytes = Buffer.alloc(FRAME_HEADER_BYTES);
  #headerFilled = 0;
  /** The frame whose payload is not complete yet. */
  #type = 0;
  #flags = 0;
  #streamId = 0;
  #missingBytes = 0;
  #gathered: Buffer | undefined;
  #gatheredBytes = 0;

  constructor(sink: FrameSink) {
    this.#sink = sink;
  }

  /** No frame is handed on from the next one on, until `resume`; also from within the sink. */
  hold(): void {
    this.#isHeld = true;
  }

  /** Hands on what was held. */
  resume(): void {
    this.#isHeld = false;
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) this.push(held);
  }

  push(chunk: Buffer): void {
    if (this.#isHeld) {
      this.#held = this.#held === undefined ? Buffer.from(chunk) : Buffer.concat([this.#held, chunk]);
      return;
    }
    const end = chunk.length;
    let at = 0;
    if (this.#missingBytes > 0) at = this.#continuePayload(chunk, 0);
    while (at < end) {
      if (this.#isHeld) {
        this.#held = Buffer.from(chunk.subarray(at));
        return;
      }
      if (this.#headerFilled > 0 || end - at < FRAME_HEADER_BYTES) {
        const bytes = Math.min(FRAME_HEADER_BYTES - this.#headerFilled, end - at);
        chunk.copy(this.#headerBytes, this.#headerFilled, at, at + bytes);
        this.#headerFilled += bytes;
        at += bytes;
        if (this.#headerFilled < FRAME_HEADER_BYTES) return;
        this.#headerFilled = 0;
        at = this.#startPayload(this.#headerBytes, 0, chunk, at);
      } else {
        at = this.#startPayload(chunk, at, chunk, at + FRAME_HEADER_BYTES);
      }
    }
  }

  /** Reads a header, hands the frame on if its payload is in `chunk` too; returns where to go on reading. */
  #startPayload(header: Buffer, headerAt: number, chunk: Buffer, at: number): number {
    const payloadBytes = header.readUInt32LE(headerAt);
    const type = header.readUInt8(headerAt + 4);
    const flags = header.readUInt8(headerAt + 5);
    const streamId = header.readUInt32LE(headerAt + 8);
    if (payloadBytes > this.maxPayloadBytes) {
      throw new WireError(
        "frame_too_large",
        `a frame announces ${payloadBytes} bytes, the limit is ${this.maxPayloadBytes}`,
      );
    }
    const isKnown = knownTypes[type] === 1;
    if (!isKnown && type < FIRST_EXTENSION_TYPE) throw new WireError("protocol_error", `unknown frame type ${type}`);
    const payloadEnd = at + payloadBytes;
    if (payloadEnd <= chunk.length) {
      if (type === FrameType.data) this.#sink.onDataPiece(flags, streamId, chunk.subarray(at, payloadEnd), true);
      else if (isKnown) this.#sink.onFrame(type, flags, streamId, chunk, at, payloadEnd);
      return payloadEnd;
    }
    this.#type = type;
    this.#flags = flags;
    this.#streamId = streamId;
    this.#missingBytes = payloadBytes;
    this.#gatheredBytes = 0;
    this.#gathered = isKnown && type !== FrameType.data ? Buffer.allocUnsafeSlow(payloadBytes) : undefined;
    return this.#continuePayload(chunk, at);
  }

  #continuePayload(chunk: Buffer, at: number): number {
    const bytes = Math.min(this.#missingBytes, chunk.length - at);
    if (bytes === 0) return at;
    this.#missingBytes -= bytes;
    const isLast = this.#missingBytes === 0;
    const gathered = this.#gathered;
    if (gathered !== undefined) {
      chunk.copy(gathered, this.#gatheredBytes, at, at + bytes);
      this.#gatheredBytes += bytes;
      if (isLast) {
        this.#gathered = undefined;
        this.#sink.onFrame(this.#type, this.#flags, this.#streamId, gathered, 0, gathered.length);
      }
    } else if (this.#type === FrameType.data) {
      this.#sink.onDataPiece(this.#flags, this.#streamId, chunk.subarray(at, at + bytes), isLast);
    }
    return at + bytes;
  }
}
