import { ANSWER_FIXED_BYTES } from "./encode-answer.ts";
import { REQUEST_FIXED_BYTES } from "./encode-request.ts";
import type { Encoding } from "./frame-types.ts";
import { NO_PAIRS } from "./heads.ts";
import type {
  CallHead,
  HeaderPairs,
  HttpRequestHead,
  HttpResponseHead,
  RemoteError,
  ResultHead,
  SplitChoice,
  Trailers,
} from "./heads.ts";
import { readStringTable } from "./string-table.ts";
import { WireError } from "./wire-error.ts";

/** All decoders read a payload in [start, end) and throw WireError `protocol_error` on anything that is not as specified. */

const CALL_STRINGS = 9;
const HTTP_STRINGS = 11;
const ERROR_STRINGS = 4;
const NO_CHOICES: readonly SplitChoice[] = Object.freeze([]);

/** Where the body begins behind a head of at least `fixedBytes`. */
export function readHeadEnd(buffer: Buffer, start: number, end: number, fixedBytes: number): number {
  if (end - start < fixedBytes) throw new WireError("protocol_error", "head is cut off");
  const headEnd = start + buffer.readUInt32LE(start);
  if (headEnd > end || headEnd < start + fixedBytes)
    throw new WireError("protocol_error", "head length does not fit its frame");
  return headEnd;
}

/** HTTP_REQUEST; `headEnd` from `readHeadEnd`. */
export function decodeHttpRequest(buffer: Buffer, start: number, headEnd: number): HttpRequestHead {
  const strings = readStringTable(buffer, start + REQUEST_FIXED_BYTES, headEnd);
  const splitCount = buffer.readUInt8(start + 14);
  const extraCount = buffer.readUInt8(start + 15);
  const extrasStart = checkPairs(strings, HTTP_STRINGS, splitCount, extraCount);
  const headersStart = extrasStart + extraCount * 2;
  return {
    requestId: strings[0] ?? "",
    traceparent: strings[1] ?? "",
    application: strings[2] ?? "",
    revision: buffer.readUInt32LE(start + 8),
    deployment: strings[3] ?? "",
    route: strings[4] ?? "",
    caller: strings[5] ?? "",
    stickyKey: strings[6] ?? "",
    multiplexedModelId: strings[7] ?? "",
    deadlineMs: buffer.readUInt32LE(start + 4),
    attempt: buffer.readUInt8(start + 12),
    splitChoices: readChoices(strings, HTTP_STRINGS, splitCount),
    extras: extraCount === 0 ? NO_PAIRS : strings.slice(extrasStart, headersStart),
    kind: "http",
    method: strings[8] ?? "",
    target: strings[9] ?? "",
    clientAddress: strings[10] ?? "",
    headers: strings.length === headersStart ? NO_PAIRS : strings.slice(headersStart),
  };
}

/** CALL; `headEnd` from `readHeadEnd`. */
export function decodeCall(buffer: Buffer, start: number, headEnd: number): CallHead {
  const strings = readStringTable(buffer, start + REQUEST_FIXED_BYTES, headEnd);
  const splitCount = buffer.readUInt8(start + 14);
  const extraCount = buffer.readUInt8(start + 15);
  const extrasStart = checkPairs(strings, CALL_STRINGS, splitCount, extraCount);
  const headersStart = extrasStart + extraCount * 2;
  return {
    requestId: strings[0] ?? "",
    traceparent: strings[1] ?? "",
    application: strings[2] ?? "",
    revision: buffer.readUInt32LE(start + 8),
    deployment: strings[3] ?? "",
    route: strings[4] ?? "",
    caller: strings[5] ?? "",
    stickyKey: strings[6] ?? "",
    multiplexedModelId: strings[7] ?? "",
    deadlineMs: buffer.readUInt32LE(start + 4),
    attempt: buffer.readUInt8(start + 12),
    splitChoices: readChoices(strings, CALL_STRINGS, splitCount),
    extras: extraCount === 0 ? NO_PAIRS : strings.slice(extrasStart, headersStart),
    kind: "call",
    method: strings[8] ?? "",
    encoding: readEncoding(buffer.readUInt8(start + 13)),
    headers: strings.length === headersStart ? NO_PAIRS : strings.slice(headersStart),
  };
}

/** HTTP_RESPONSE; `headEnd` from `readHeadEnd`. */
export function decodeHttpResponse(buffer: Buffer, start: number, headEnd: number): HttpResponseHead {
  const headers = readStringTable(buffer, start + ANSWER_FIXED_BYTES, headEnd);
  if (headers.length % 2 !== 0) throw new WireError("protocol_error", "a header has no value");
  return { kind: "http", status: buffer.readUInt16LE(start + 4), ongoing: buffer.readUInt32LE(start + 8), headers };
}

/** RESULT; `headEnd` from `readHeadEnd`. */
export function decodeResult(buffer: Buffer, start: number, headEnd: number): ResultHead {
  const { error, headers } = readAnswer(buffer, start, headEnd);
  const shape = buffer.readUInt8(start + 6);
  if (shape > 1) throw new WireError("protocol_error", `unknown shape ${shape} of a result`);
  return {
    kind: "call",
    encoding: readEncoding(buffer.readUInt8(start + 5)),
    shape: shape === 1 ? "items" : "value",
    ongoing: buffer.readUInt32LE(start + 8),
    error,
    headers,
  };
}

/** TRAILERS; `headEnd` from `readHeadEnd`. */
export function decodeTrailers(buffer: Buffer, start: number, headEnd: number): Trailers {
  const { error, headers } = readAnswer(buffer, start, headEnd);
  return { error, headers, ongoing: buffer.readUInt32LE(start + 8) };
}

function readAnswer(
  buffer: Buffer,
  start: number,
  headEnd: number,
): { error: RemoteError | undefined; headers: HeaderPairs } {
  const strings = readStringTable(buffer, start + ANSWER_FIXED_BYTES, headEnd);
  const status = buffer.readUInt8(start + 4);
  if (strings.length % 2 !== 0) throw new WireError("protocol_error", "a header has no value");
  if (status === 0) return { error: undefined, headers: strings };
  const [type, message, stack, code] = strings;
  if (status > 1 || type === undefined || message === undefined || stack === undefined || code === undefined) {
    throw new WireError("protocol_error", `answer with status ${status} and ${strings.length} strings`);
  }
  return { error: { type, message, stack, code }, headers: strings.slice(ERROR_STRINGS) };
}

/** Checks that what remains after the fixed strings is whole pairs; returns where the extras start. */
function checkPairs(strings: readonly string[], fixedCount: number, splitCount: number, extraCount: number): number {
  const rest = strings.length - fixedCount - (splitCount + extraCount) * 2;
  if (rest < 0 || rest % 2 !== 0) throw new WireError("protocol_error", "number of strings in a request head is wrong");
  return fixedCount + splitCount * 2;
}

function readChoices(strings: readonly string[], from: number, count: number): readonly SplitChoice[] {
  if (count === 0) return NO_CHOICES;
  return Array.from({ length: count }, (_, index) => ({
    node: strings[from + index * 2] ?? "",
    variant: strings[from + index * 2 + 1] ?? "",
  }));
}

function readEncoding(value: number): Encoding {
  if (value > 4) throw new WireError("protocol_error", `unknown encoding ${value}`);
  return value as Encoding;
}
