import { problemContentType, problemOf } from "@sluice/contracts";
import type { HeaderPairs } from "@sluice/wire";
import type { Answer } from "../runtime.ts";
import { jsonText } from "./json-text.ts";

const jsonHeaders: HeaderPairs = Object.freeze(["content-type", "application/json"]);
const textHeaders: HeaderPairs = Object.freeze(["content-type", "text/plain; charset=utf-8"]);
const bytesHeaders: HeaderPairs = Object.freeze(["content-type", "text/plain"]);
const problemHeaders: HeaderPairs = Object.freeze(["content-type", problemContentType]);

/** Any value as JSON with compact separators; typed arrays in it as arrays of numbers. */
export function jsonAnswer(status: number, value: unknown): Answer {
  return { kind: "http", status, headers: jsonHeaders, body: Buffer.from(jsonText(value)) };
}

/** Ray Serve's mapping of what a handler returns: nothing -> empty, text and bytes as they are, all else JSON. */
export function answerOfValue(value: unknown): Answer {
  if (value === undefined || value === null)
    return { kind: "http", status: 200, headers: bytesHeaders, body: undefined };
  if (typeof value === "string") return { kind: "http", status: 200, headers: textHeaders, body: Buffer.from(value) };
  if (value instanceof Uint8Array) {
    const body = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return { kind: "http", status: 200, headers: bytesHeaders, body };
  }
  return jsonAnswer(200, value);
}

/** RFC 9457 body of a failed request. */
export function problemAnswer(error: unknown, requestId: string): Extract<Answer, { kind: "http" }> {
  const problem = problemOf(error, requestId);
  return { kind: "http", status: problem.status, headers: problemHeaders, body: Buffer.from(JSON.stringify(problem)) };
}
