import type { Answer } from "../runtime.ts";
import { isDecodedBody, wholeBodyOf } from "./web-globals.ts";

/** These belong to one connection; the gateway writes its own. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "upgrade",
  "te",
  "trailer",
  "proxy-connection",
]);
/** `fetch()` has undone the encoding of what it received: these told of the bytes as they came. */
const encodedBody = new Set(["content-encoding", "content-length"]);

/** A Response as an answer: in one piece when its content is at hand, else as a stream. */
export function answerOfResponse(response: Response): Answer {
  const { status } = response;
  const headers: string[] = [];
  const isDecoded = isDecodedBody(response);
  for (const [name, value] of response.headers) {
    if (!hopByHop.has(name) && !(isDecoded && encodedBody.has(name))) headers.push(name, value);
  }
  const whole = wholeBodyOf(response);
  if (whole !== undefined) return { kind: "http", status, headers, body: bytesOf(whole) };
  if (response.bodyUsed || response.body?.locked === true) {
    throw new TypeError("The Response's body was already read or is locked; return a Response that nobody read.");
  }
  if (response.body === null) return { kind: "http", status, headers, body: undefined };
  return { kind: "stream", status, headers, body: response.body };
}

function bytesOf(content: string | Uint8Array | null): Buffer | undefined {
  if (content === null) return undefined;
  return typeof content === "string"
    ? Buffer.from(content)
    : Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
