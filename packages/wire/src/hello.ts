import {
  MAGIC,
  MAX_WINDOW_BYTES,
  MIN_MAX_FRAME_BYTES,
  PROTOCOL_VERSION_MAX,
  PROTOCOL_VERSION_MIN,
} from "./frame-types.ts";
import { boundStringTableBytes, readStringTable, writeStringTable } from "./string-table.ts";
import { WireError } from "./wire-error.ts";

/** What each side says first. In WELCOME both versions are the chosen one and capabilities are those both have. */
export type Hello = {
  readonly minVersion: number;
  readonly maxVersion: number;
  readonly role: number;
  readonly capabilities: number;
  /** Body bytes that the writer of this frame accepts per stream, and over all streams, before it gives credit. */
  readonly streamWindowBytes: number;
  readonly connectionWindowBytes: number;
  readonly maxFrameBytes: number;
  readonly maxStreams: number;
  readonly peerId: string;
  readonly software: string;
};

const FIXED_BYTES = 32;

/** Bytes that `writeHello` may need. */
export function boundHelloBytes(hello: Hello): number {
  return FIXED_BYTES + boundStringTableBytes([hello.peerId, hello.software]);
}

/** Writes the payload of HELLO or WELCOME. This layout is frozen: it must be readable across all versions. */
export function writeHello(buffer: Buffer, offset: number, hello: Hello): number {
  buffer.writeUInt32LE(MAGIC, offset);
  buffer.writeUInt16LE(hello.minVersion, offset + 4);
  buffer.writeUInt16LE(hello.maxVersion, offset + 6);
  buffer.writeUInt8(hello.role, offset + 8);
  buffer.fill(0, offset + 9, offset + 12);
  buffer.writeUInt32LE(hello.capabilities, offset + 12);
  buffer.writeUInt32LE(hello.streamWindowBytes, offset + 16);
  buffer.writeUInt32LE(hello.connectionWindowBytes, offset + 20);
  buffer.writeUInt32LE(hello.maxFrameBytes, offset + 24);
  buffer.writeUInt32LE(hello.maxStreams, offset + 28);
  return writeStringTable(buffer, offset + FIXED_BYTES, [hello.peerId, hello.software]);
}

/** Reads the payload of HELLO or WELCOME; what a later version appends is skipped. */
export function readHello(buffer: Buffer, start: number, end: number): Hello {
  if (end - start < 4 || buffer.readUInt32LE(start) !== MAGIC)
    throw new WireError("protocol_error", "no SLWR magic in the first frame");
  if (end - start < FIXED_BYTES) throw new WireError("protocol_error", "HELLO is cut off");
  const [peerId = "", software = ""] = readStringTable(buffer, start + FIXED_BYTES, end);
  const hello: Hello = {
    minVersion: buffer.readUInt16LE(start + 4),
    maxVersion: buffer.readUInt16LE(start + 6),
    role: buffer.readUInt8(start + 8),
    capabilities: buffer.readUInt32LE(start + 12),
    streamWindowBytes: buffer.readUInt32LE(start + 16),
    connectionWindowBytes: buffer.readUInt32LE(start + 20),
    maxFrameBytes: buffer.readUInt32LE(start + 24),
    maxStreams: buffer.readUInt32LE(start + 28),
    peerId,
    software,
  };
  if (hello.streamWindowBytes > MAX_WINDOW_BYTES || hello.connectionWindowBytes > MAX_WINDOW_BYTES) {
    throw new WireError("protocol_error", "an initial window is over 2^31 - 1");
  }
  if (hello.maxFrameBytes < MIN_MAX_FRAME_BYTES) {
    throw new WireError("protocol_error", `a frame limit of ${hello.maxFrameBytes} is under ${MIN_MAX_FRAME_BYTES}`);
  }
  return hello;
}

/** The highest version that both speak, or the refusal to send. */
export function chooseVersion(
  theirs: { readonly minVersion: number; readonly maxVersion: number },
  ours = { minVersion: PROTOCOL_VERSION_MIN, maxVersion: PROTOCOL_VERSION_MAX },
): { readonly version: number } | { readonly refusal: string } {
  const version = Math.min(theirs.maxVersion, ours.maxVersion);
  if (version >= theirs.minVersion && version >= ours.minVersion) return { version };
  return {
    refusal: `this side speaks versions ${ours.minVersion} to ${ours.maxVersion}, the peer ${theirs.minVersion} to ${theirs.maxVersion}`,
  };
}
