import type { HeaderPairs } from "../exchange/exchange.ts";
import { Announced, Framing } from "./answer-head.ts";
import type { ParsedHead } from "./parse-head.ts";

export interface FramingPlan {
  readonly framing: Framing;
  /** Length to write among the headers, or one of `Announced`. */
  readonly announcedBytes: number;
  /** Bytes of the body that are to come, for `Framing.length`. */
  readonly missingBytes: number;
}

/**
 * How the end of an answer's body is told (RFC 9112 6.3). `wholeBytes` is the length of a body at hand, -1 for one that streams: that
 * one is framed by its own `content-length` if it has one, else in chunks, which HTTP/1.0 does not know. Throws TypeError for a length
 * that is none, or that another one or the body at hand contradicts.
 */
export function planFraming(
  request: Pick<ParsedHead, "method" | "isOld">,
  status: number,
  headers: HeaderPairs,
  wholeBytes: number,
): FramingPlan {
  if (status === 101) return tunnel;
  if (status === 204) return empty;
  const declaredBytes = declaredLength(headers);
  if (request.method === "HEAD" || status === 304) return noBody;
  if (wholeBytes >= 0) {
    if (declaredBytes >= 0 && declaredBytes !== wholeBytes)
      throw new TypeError(`Content-Length is ${String(declaredBytes)}, but the body has ${String(wholeBytes)} bytes`);
    return { framing: Framing.length, announcedBytes: wholeBytes, missingBytes: 0 };
  }
  if (declaredBytes >= 0)
    return { framing: Framing.length, announcedBytes: Announced.asGiven, missingBytes: declaredBytes };
  return request.isOld ? untilClose : chunked;
}

/** The `content-length` among the headers, -1 without one. */
function declaredLength(headers: HeaderPairs): number {
  let bytes = -1;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index] !== "content-length") continue;
    const value = headers[index + 1] ?? "";
    if (bytes >= 0 || !/^\d{1,15}$/.test(value)) throw new TypeError("Content-Length must be one number");
    bytes = Number(value);
  }
  return bytes;
}

/** RFC 9110 8.6: no length with 1xx and 204. */
const tunnel: FramingPlan = { framing: Framing.untilClose, announcedBytes: Announced.none, missingBytes: 0 };
const empty: FramingPlan = { framing: Framing.none, announcedBytes: Announced.none, missingBytes: 0 };
/** HEAD and 304 may tell the length that a body would have. */
const noBody: FramingPlan = { framing: Framing.none, announcedBytes: Announced.asGiven, missingBytes: 0 };
const untilClose: FramingPlan = { framing: Framing.untilClose, announcedBytes: Announced.asGiven, missingBytes: 0 };
const chunked: FramingPlan = { framing: Framing.chunked, announcedBytes: Announced.asGiven, missingBytes: 0 };
