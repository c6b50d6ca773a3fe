import { checkPairs, finishHead } from "./finish-head.ts";
import { FRAME_HEADER_BYTES, FrameType } from "./frame-types.ts";
import type { RequestHead } from "./heads.ts";
import type { OutBuffer } from "./out-buffer.ts";
import { boundStringTableBytes, writeStringTable } from "./string-table.ts";
import { WireError } from "./wire-error.ts";

/** Bytes of a request head before its string table; SPEC.md gives each field. */
export const REQUEST_FIXED_BYTES = 16;

/**
 * HTTP_REQUEST or CALL. `inlineBody` rides in the same frame; `isEnd` says that nothing follows. Throws `head_too_large`
 * when the peer would refuse the frame, and then nothing was appended (as all encoders here).
 */
export function encodeRequest(
  out: OutBuffer,
  streamId: number,
  head: RequestHead,
  inlineBody: Buffer | undefined,
  isEnd: boolean,
  maxPayloadBytes: number,
): void {
  const strings = requestStrings(head);
  out.reserve(FRAME_HEADER_BYTES + REQUEST_FIXED_BYTES + boundStringTableBytes(strings));
  const { chunk, position: start } = out;
  const at = start + FRAME_HEADER_BYTES;
  chunk.writeUInt32LE(deadlineField(head.deadlineMs), at + 4);
  chunk.writeUInt32LE(head.revision, at + 8);
  chunk[at + 12] = head.attempt;
  chunk[at + 13] = head.kind === "call" ? head.encoding : 0;
  chunk[at + 14] = countByte(head.splitChoices.length, "split choices");
  chunk[at + 15] = countByte(head.extras.length / 2, "extras");
  const end = writeStringTable(chunk, at + REQUEST_FIXED_BYTES, strings);
  finishHead(
    out,
    end,
    head.kind === "http" ? FrameType.httpRequest : FrameType.call,
    streamId,
    inlineBody,
    isEnd,
    maxPayloadBytes,
  );
}

function requestStrings(head: RequestHead): string[] {
  const strings = [
    head.requestId,
    head.traceparent,
    head.application,
    head.deployment,
    head.route,
    head.caller,
    head.stickyKey,
    head.multiplexedModelId,
    head.method,
  ];
  if (head.kind === "http") strings.push(head.target, head.clientAddress);
  for (const choice of head.splitChoices) strings.push(choice.node, choice.variant);
  checkPairs(head.extras);
  checkPairs(head.headers);
  for (const text of head.extras) strings.push(text);
  for (const text of head.headers) strings.push(text);
  return strings;
}

/** 0 means "none" on the wire, so what is left of a deadline is never rounded down to it. */
function deadlineField(deadlineMs: number): number {
  if (deadlineMs < 0)
    throw new WireError("deadline_exceeded", "the deadline passed before the request was sent", "safe");
  return Math.min(Math.ceil(deadlineMs), 0xffff_ffff);
}

function countByte(count: number, what: string): number {
  if (count > 255) throw new WireError("head_too_large", `${count} ${what} do not fit in a head (limit 255)`, "safe");
  return count;
}
