import { writeFrameHeader } from "./encode-frames.ts";
import { FLAG_END, FRAME_HEADER_BYTES } from "./frame-types.ts";
import type { OutBuffer } from "./out-buffer.ts";
import { WireError } from "./wire-error.ts";

/** Fills in the two lengths now that they are known, appends the body and takes the frame. */
export function finishHead(
  out: OutBuffer,
  headEnd: number,
  type: number,
  streamId: number,
  inlineBody: Buffer | undefined,
  isEnd: boolean,
  maxPayloadBytes: number,
): void {
  const start = out.position;
  const headBytes = headEnd - start - FRAME_HEADER_BYTES;
  const payloadBytes = headBytes + (inlineBody === undefined ? 0 : inlineBody.length);
  if (payloadBytes > maxPayloadBytes) {
    throw new WireError(
      "head_too_large",
      `a frame of ${payloadBytes} bytes is over the peer's limit of ${maxPayloadBytes}`,
      "safe",
    );
  }
  const at = writeFrameHeader(out.chunk, start, payloadBytes, type, isEnd ? FLAG_END : 0, streamId);
  out.chunk.writeUInt32LE(headBytes, at);
  out.commit(headEnd);
  if (inlineBody !== undefined && inlineBody.length > 0) out.appendBody(inlineBody);
}

/** A name without a value would be a protocol error at the peer and cost the connection. */
export function checkPairs(pairs: readonly string[]): void {
  if (pairs.length % 2 !== 0) throw new WireError("internal", "a header has no value", "safe");
}
