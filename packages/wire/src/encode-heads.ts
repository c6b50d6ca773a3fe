import { writeFrameHeader } from "./encode-frames.ts";
import { FLAG_END, FRAME_HEADER_BYTES, FrameType } from "./frame-types.ts";
import type { HttpResponseHead, RemoteError, RequestHead, ResponseHead, ResultHead, Trailers } from "./heads.ts";
import type { OutBuffer } from "./out-buffer.ts";
import { boundStringTableBytes, writeStringTable } from "./string-table.ts";
import { WireError } from "./wire-error.ts";

/** Bytes of a request head before its string table; SPEC.md gives each field. */
export const REQUEST_FIXED_BYTES = 16;
/** Bytes of an answer head or trailers before the string table. */
export const ANSWER_FIXED_BYTES = 12;

/** A stack longer than this is cut: it must not push the message out of the frame. */
const MAX_STACK_CHARACTERS = 8_000;
const MAX_ERROR_TEXT_CHARACTERS = 16_000;

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

/** HTTP_RESPONSE or RESULT. */
export function encodeResponse(
  out: OutBuffer,
  streamId: number,
  head: ResponseHead,
  inlineBody: Buffer | undefined,
  isEnd: boolean,
  maxPayloadBytes: number,
): void {
  if (head.kind === "http") encodeHttpResponse(out, streamId, head, inlineBody, isEnd, maxPayloadBytes);
  else encodeResult(out, streamId, head, inlineBody, isEnd, maxPayloadBytes);
}

/** TRAILERS: the end of an answer, with pairs or the error that broke it. */
export function encodeTrailers(out: OutBuffer, streamId: number, trailers: Trailers, maxPayloadBytes: number): void {
  const end = writeAnswer(out, trailers.error === undefined ? 0 : 1, 0, 0, trailers.ongoing, answerStrings(trailers));
  finishHead(out, end, FrameType.trailers, streamId, undefined, true, maxPayloadBytes);
}

function encodeHttpResponse(
  out: OutBuffer,
  streamId: number,
  head: HttpResponseHead,
  inlineBody: Buffer | undefined,
  isEnd: boolean,
  maxPayloadBytes: number,
): void {
  checkPairs(head.headers);
  const end = writeAnswer(out, head.status & 0xff, head.status >> 8, 0, head.ongoing, head.headers);
  finishHead(out, end, FrameType.httpResponse, streamId, inlineBody, isEnd, maxPayloadBytes);
}

function encodeResult(
  out: OutBuffer,
  streamId: number,
  head: ResultHead,
  inlineBody: Buffer | undefined,
  isEnd: boolean,
  maxPayloadBytes: number,
): void {
  const status = head.error === undefined ? 0 : 1;
  const end = writeAnswer(
    out,
    status,
    head.encoding,
    head.shape === "items" ? 1 : 0,
    head.ongoing,
    answerStrings(head),
  );
  finishHead(out, end, FrameType.result, streamId, inlineBody, isEnd, maxPayloadBytes);
}

/** The layout that all answers have: three small numbers, the ongoing count, strings. */
function writeAnswer(
  out: OutBuffer,
  first: number,
  second: number,
  third: number,
  ongoing: number,
  strings: readonly string[],
): number {
  out.reserve(FRAME_HEADER_BYTES + ANSWER_FIXED_BYTES + boundStringTableBytes(strings));
  const { chunk } = out;
  const at = out.position + FRAME_HEADER_BYTES;
  chunk[at + 4] = first;
  chunk[at + 5] = second;
  chunk[at + 6] = third;
  chunk[at + 7] = 0;
  chunk.writeUInt32LE(ongoing, at + 8);
  return writeStringTable(chunk, at + ANSWER_FIXED_BYTES, strings);
}

/** Fills in the two lengths now that they are known, appends the body and takes the frame. */
function finishHead(
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

function answerStrings(answer: {
  readonly error: RemoteError | undefined;
  readonly headers: readonly string[];
}): readonly string[] {
  const { error, headers } = answer;
  checkPairs(headers);
  if (error === undefined) return headers;
  return [
    error.type.slice(0, 256),
    error.message.slice(0, MAX_ERROR_TEXT_CHARACTERS),
    error.stack.slice(0, MAX_STACK_CHARACTERS),
    error.code.slice(0, 256),
    ...headers,
  ];
}

/** 0 means "none" on the wire, so what is left of a deadline is never rounded down to it. */
function deadlineField(deadlineMs: number): number {
  if (deadlineMs < 0)
    throw new WireError("deadline_exceeded", "the deadline passed before the request was sent", "safe");
  return Math.min(Math.ceil(deadlineMs), 0xffff_ffff);
}

/** A name without a value would be a protocol error at the peer and cost the connection. */
function checkPairs(pairs: readonly string[]): void {
  if (pairs.length % 2 !== 0) throw new WireError("internal", "a header has no value", "safe");
}

function countByte(count: number, what: string): number {
  if (count > 255) throw new WireError("head_too_large", `${count} ${what} do not fit in a head (limit 255)`, "safe");
  return count;
}
