/** The head of an HTTP/1.1 answer as text, each character one byte (latin1). */
import { STATUS_CODES } from "node:http";
import type { HeaderPairs } from "../exchange/exchange.ts";
import { fieldNameOf } from "./field-name.ts";

/** How the end of the answer's body is told. */
export const Framing = {
  /** There is no body, and nothing is said about one (1xx, 204, 304, HEAD). */
  none: 0,
  /** `content-length` stands among the headers, or is added from the body at hand. */
  length: 1,
  chunked: 2,
  /** The body ends with the connection: HTTP/1.0, and after 101 when the bytes are another protocol's. */
  untilClose: 3,
} as const;
export type Framing = (typeof Framing)[keyof typeof Framing];

/** What is said about the length of a body, instead of a number of bytes. */
export const Announced = {
  /** Whatever `content-length` stands among the headers. */
  asGiven: -1,
  /** Nothing, even if one stands there. */
  none: -2,
} as const;

/** RFC 9110 5.5: no control characters, so that a value can neither end its line nor begin another. */
const illegalValue = /[^\t\x20-\x7e\x80-\xff]/;

const statusLines = new Map<number, string>();
let dateSecond = 0;
let dateLine = "";

/**
 * Writes the head. `announcedBytes` is the length of the body, in place of one among the headers, or one of `Announced`. Throws
 * RangeError for a status that is none, TypeError for a header that HTTP does not allow.
 */
export function encodeAnswerHead(
  status: number,
  headers: HeaderPairs,
  framing: Framing,
  announcedBytes: number,
  connection: "keep-alive" | "close" | "upgrade" | "",
  nowMs: number,
): string {
  let text = statusLine(status);
  let hasDate = false;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] ?? "";
    const value = headers[index + 1] ?? "";
    if (fieldNameOf(name) === undefined)
      throw new TypeError(`Header name must be a valid HTTP token [${JSON.stringify(name)}]`);
    if (illegalValue.test(value)) throw new TypeError(`Invalid character in header content [${JSON.stringify(name)}]`);
    if (name === "date") hasDate = true;
    else if (name === "content-length" && announcedBytes !== Announced.asGiven) continue;
    text += `${name}: ${value}\r\n`;
  }
  if (announcedBytes >= 0) text += `content-length: ${String(announcedBytes)}\r\n`;
  if (framing === Framing.chunked) text += "transfer-encoding: chunked\r\n";
  if (connection !== "") text += `connection: ${connection}\r\n`;
  return hasDate ? `${text}\r\n` : `${text}${dateOf(nowMs)}\r\n`;
}

function statusLine(status: number): string {
  const known = statusLines.get(status);
  if (known !== undefined) return known;
  if (!Number.isInteger(status) || status < 100 || status > 999)
    throw new RangeError(`Invalid status code: ${String(status)}`);
  const line = `HTTP/1.1 ${String(status)} ${STATUS_CODES[status] ?? "Status"}\r\n`;
  statusLines.set(status, line);
  return line;
}

/** `Date` has a resolution of one second: written once in each. */
function dateOf(nowMs: number): string {
  const second = Math.trunc(nowMs / 1_000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateLine = `date: ${new Date(nowMs).toUTCString()}\r\n`;
  }
  return dateLine;
}
