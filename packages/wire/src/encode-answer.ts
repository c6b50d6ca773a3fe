import { checkPairs, finishHead } from "./finish-head.ts";
import { FRAME_HEADER_BYTES, FrameType } from "./frame-types.ts";
import type { HttpResponseHead, RemoteError, ResponseHead, ResultHead, Trailers } from "./heads.ts";
import type { OutBuffer } from "./out-buffer.ts";
import { boundStringTableBytes, writeStringTable } from "./string-table.ts";

/** Bytes of an answer head or trailers before the string table; SPEC.md gives each field. */
export const ANSWER_FIXED_BYTES = 12;

/** A stack longer than this is cut: it must not push the message out of the frame. */
const MAX_STACK_CHARACTERS = 8_000;
const MAX_ERROR_TEXT_CHARACTERS = 16_000;

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
