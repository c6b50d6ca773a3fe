import type { CancelCode, RejectCode } from "./frame-types.ts";
import { MAX_WINDOW_BYTES } from "./frame-types.ts";
import type { Cancel, Reject, Slot } from "./heads.ts";
import { readStringTable } from "./string-table.ts";
import { WireError } from "./wire-error.ts";

/** Decoders of the small frames; bytes that a later version appends are skipped. */

/** CANCEL. Codes this version does not know stay numbers. */
export function decodeCancel(buffer: Buffer, start: number, end: number): Cancel {
  needBytes(start, end, 4, "CANCEL");
  return { code: buffer.readUInt32LE(start) as CancelCode, text: buffer.toString("utf8", start + 4, end) };
}

/** GOAWAY. */
export function decodeGoaway(
  buffer: Buffer,
  start: number,
  end: number,
): { lastId: number; code: number; text: string } {
  needBytes(start, end, 8, "GOAWAY");
  return {
    lastId: buffer.readUInt32LE(start),
    code: buffer.readUInt32LE(start + 4),
    text: buffer.toString("utf8", start + 8, end),
  };
}

/** REJECT. */
export function decodeReject(buffer: Buffer, start: number, end: number): Reject {
  needBytes(start, end, 12, "REJECT");
  return {
    ongoing: buffer.readUInt32LE(start),
    max: buffer.readUInt32LE(start + 4),
    code: buffer.readUInt32LE(start + 8) as RejectCode,
  };
}

/** SLOT. */
export function decodeSlot(buffer: Buffer, start: number, end: number): Slot {
  needBytes(start, end, 8, "SLOT");
  return { ongoing: buffer.readUInt32LE(start), max: buffer.readUInt32LE(start + 4) };
}

/** MODELS: the ids that the replica holds now. */
export function decodeModels(buffer: Buffer, start: number, end: number): string[] {
  return readStringTable(buffer, start, end);
}

/** WINDOW_UPDATE: the increment, 1 to 2^31 - 1. */
export function decodeWindowUpdate(buffer: Buffer, start: number, end: number): number {
  needBytes(start, end, 4, "WINDOW_UPDATE");
  const bytes = buffer.readUInt32LE(start);
  if (bytes === 0 || bytes > MAX_WINDOW_BYTES) throw new WireError("flow_control", `window update of ${bytes} bytes`);
  return bytes;
}

/** PING or PONG: 8 opaque bytes as two u32. */
export function decodePing(buffer: Buffer, start: number, end: number): { low: number; high: number } {
  needBytes(start, end, 8, "PING");
  return { low: buffer.readUInt32LE(start), high: buffer.readUInt32LE(start + 4) };
}

function needBytes(start: number, end: number, bytes: number, frame: string): void {
  if (end - start < bytes) throw new WireError("protocol_error", `${frame} is cut off`);
}
