import { FLAG_END, FRAME_HEADER_BYTES, FrameType } from "./frame-types.ts";
import type { Reject, Slot } from "./heads.ts";
import { boundHelloBytes, writeHello } from "./hello.ts";
import type { Hello } from "./hello.ts";
import type { OutBuffer } from "./out-buffer.ts";
import { boundStringTableBytes, cutStringTable, writeStringTable } from "./string-table.ts";

/** Frames without a head: each function appends one whole frame to the buffer. */

const MAX_TEXT_CHARACTERS = 1_024;

/** Writes the 12 bytes before a payload. */
export function writeFrameHeader(
  buffer: Buffer,
  offset: number,
  payloadBytes: number,
  type: number,
  flags: number,
  streamId: number,
): number {
  buffer.writeUInt32LE(payloadBytes, offset);
  // type, flags and the reserved u16 as one store
  buffer.writeUInt32LE(type | (flags << 8), offset + 4);
  buffer.writeUInt32LE(streamId, offset + 8);
  return offset + FRAME_HEADER_BYTES;
}

/** HELLO, or WELCOME as its answer. */
export function encodeHello(
  out: OutBuffer,
  type: typeof FrameType.hello | typeof FrameType.welcome,
  hello: Hello,
): void {
  out.reserve(FRAME_HEADER_BYTES + boundHelloBytes(hello));
  const start = out.position;
  const end = writeHello(out.chunk, start + FRAME_HEADER_BYTES, hello);
  writeFrameHeader(out.chunk, start, end - start - FRAME_HEADER_BYTES, type, 0, 0);
  out.commit(end);
}

/** DATA with the whole of `body`. */
export function encodeData(out: OutBuffer, streamId: number, body: Buffer, isEnd: boolean): void {
  out.reserve(FRAME_HEADER_BYTES);
  out.commit(writeFrameHeader(out.chunk, out.position, body.length, FrameType.data, isEnd ? FLAG_END : 0, streamId));
  if (body.length > 0) out.appendBody(body);
}

/** DATA whose body is only lent: it is copied. */
export function encodeLentData(out: OutBuffer, streamId: number, lent: Buffer, isEnd: boolean): void {
  out.reserve(FRAME_HEADER_BYTES + lent.length);
  out.commit(writeFrameHeader(out.chunk, out.position, lent.length, FrameType.data, isEnd ? FLAG_END : 0, streamId));
  out.copyBody(lent);
}

/** CANCEL: the stream is over in both directions. */
export function encodeCancel(out: OutBuffer, streamId: number, code: number, text: string): void {
  encodeNumbersAndText(out, FrameType.cancel, streamId, code, undefined, text);
}

/** GOAWAY: no stream of the peer above `lastId` was or will be taken. */
export function encodeGoaway(out: OutBuffer, lastId: number, code: number, text: string): void {
  encodeNumbersAndText(out, FrameType.goaway, 0, lastId, code, text);
}

/** REJECT: nothing of the request was run. */
export function encodeReject(out: OutBuffer, streamId: number, reject: Reject): void {
  out.reserve(FRAME_HEADER_BYTES + 12);
  const at = writeFrameHeader(out.chunk, out.position, 12, FrameType.reject, FLAG_END, streamId);
  out.chunk.writeUInt32LE(reject.ongoing, at);
  out.chunk.writeUInt32LE(reject.max, at + 4);
  out.chunk.writeUInt32LE(reject.code, at + 8);
  out.commit(at + 12);
}

/** SLOT: towards a waiter, one request is welcome; towards the replica, the offer is given back. */
export function encodeSlot(out: OutBuffer, slot: Slot): void {
  out.reserve(FRAME_HEADER_BYTES + 8);
  const at = writeFrameHeader(out.chunk, out.position, 8, FrameType.slot, 0, 0);
  out.chunk.writeUInt32LE(slot.ongoing, at);
  out.chunk.writeUInt32LE(slot.max, at + 4);
  out.commit(at + 8);
}

/** MODELS: the ids held now, in place of all told before; those at the end that do not fit in one frame are left out. */
export function encodeModels(out: OutBuffer, modelIds: readonly string[], maxPayloadBytes: number): void {
  const told = cutStringTable(modelIds, maxPayloadBytes);
  out.reserve(FRAME_HEADER_BYTES + boundStringTableBytes(told));
  const start = out.position;
  const end = writeStringTable(out.chunk, start + FRAME_HEADER_BYTES, told);
  writeFrameHeader(out.chunk, start, end - start - FRAME_HEADER_BYTES, FrameType.models, 0, 0);
  out.commit(end);
}

/** TAKEN: the request of this stream may begin from now on. */
export function encodeTaken(out: OutBuffer, streamId: number): void {
  out.reserve(FRAME_HEADER_BYTES);
  out.commit(writeFrameHeader(out.chunk, out.position, 0, FrameType.taken, 0, streamId));
}

/** WINDOW_UPDATE: `bytes` more may be sent on the stream, or on the connection for stream 0. */
export function encodeWindowUpdate(out: OutBuffer, streamId: number, bytes: number): void {
  out.reserve(FRAME_HEADER_BYTES + 4);
  const at = writeFrameHeader(out.chunk, out.position, 4, FrameType.windowUpdate, 0, streamId);
  out.commit(out.chunk.writeUInt32LE(bytes, at));
}

/** PING or PONG with 8 opaque bytes, given as two u32. */
export function encodePing(
  out: OutBuffer,
  type: typeof FrameType.ping | typeof FrameType.pong,
  low: number,
  high: number,
): void {
  out.reserve(FRAME_HEADER_BYTES + 8);
  const at = writeFrameHeader(out.chunk, out.position, 8, type, 0, 0);
  out.chunk.writeUInt32LE(low, at);
  out.chunk.writeUInt32LE(high, at + 4);
  out.commit(at + 8);
}

function encodeNumbersAndText(
  out: OutBuffer,
  type: number,
  streamId: number,
  first: number,
  second: number | undefined,
  text: string,
): void {
  const cut = text.slice(0, MAX_TEXT_CHARACTERS);
  out.reserve(FRAME_HEADER_BYTES + 8 + cut.length * 3);
  const start = out.position;
  let at = out.chunk.writeUInt32LE(first, start + FRAME_HEADER_BYTES);
  if (second !== undefined) at = out.chunk.writeUInt32LE(second, at);
  at += out.chunk.write(cut, at);
  writeFrameHeader(
    out.chunk,
    start,
    at - start - FRAME_HEADER_BYTES,
    type,
    type === FrameType.cancel ? FLAG_END : 0,
    streamId,
  );
  out.commit(at);
}
