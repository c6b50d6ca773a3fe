import type { HeaderPairs } from "../exchange/exchange.ts";
import { Framing } from "./answer-head.ts";
import type { ParsedHead } from "./parse-head.ts";

export interface FramingPlan {
  readonly framing: Framing;
  /** Length to write among the headers, -1 = nothing to add. */
  readonly announcedBytes: number;
  /** Bytes of the body that are to come, for `Framing.length`. */
  readonly missingBytes: number;
}

/**
 * How the end of an answer's body is told (RFC 9112 6.3). `wholeBytes` is the length of a body at hand, -1 for one that streams: that
 * one is framed by its own `content-length` if it has one, else in chunks, which HTTP/1.0 does not know. Throws TypeError for a length
 * that is none.
 */
export function planFraming(
  request: Pick<ParsedHead, "method" | "isOld">,
  status: number,
  headers: HeaderPairs,
  wholeBytes: number,
): FramingPlan {
  if (status === 101) return { framing: Framing.untilClose, announcedBytes: -1, missingBytes: 0 };
  if (request.method === "HEAD" || status === 204 || status === 304) return noBody;
  if (wholeBytes >= 0) return { framing: Framing.length, announcedBytes: wholeBytes, missingBytes: 0 };
  let missingBytes = -1;
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index] !== "content-length") continue;
    const value = headers[index + 1] ?? "";
    if (missingBytes >= 0 || !/^\d{1,15}$/.test(value)) throw new TypeError("Content-Length must be one number");
    missingBytes = Number(value);
  }
  if (missingBytes >= 0) return { framing: Framing.length, announcedBytes: -1, missingBytes };
  return request.isOld ? untilClose : chunked;
}

const noBody: FramingPlan = { framing: Framing.none, announcedBytes: -1, missingBytes: 0 };
const untilClose: FramingPlan = { framing: Framing.untilClose, announcedBytes: -1, missingBytes: 0 };
const chunked: FramingPlan = { framing: Framing.chunked, announcedBytes: -1, missingBytes: 0 };
