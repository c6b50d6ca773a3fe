import { CancelCode, Encoding, encodeItem, httpResponseHead, resultHead } from "@sluice/wire";
import type { HeaderPairs } from "@sluice/wire";
import { remoteErrorOf } from "../handles/call-errors.ts";
import { writePieces } from "../handles/send-value.ts";
import { encodeItemValue, encodeResult, headersOfValue } from "../handles/values/value-codec.ts";
import type { Answer, IncomingRequest } from "../runtime.ts";
import { problemAnswer } from "./json-answer.ts";

type Of<Kind extends Answer["kind"]> = Extract<Answer, { kind: Kind }>;

const shortBodyBytes = 8_192;

/** What the host adds to every answer. */
export interface AnswerExtras {
  /** Requests that run here now. */
  readonly ongoing: number;
  /** Value of the header `server-timing`, for HTTP. */
  readonly serverTiming: string;
  /** Headers that tell the same to the caller of a method. */
  readonly hops: HeaderPairs;
}

/** Hands the answer to the wire; a promise only when the body comes in pieces. Returns the status to count. */
export function sendAnswer(request: IncomingRequest, answer: Answer, extras: AnswerExtras): number | Promise<number> {
  switch (answer.kind) {
    case "http": {
      const withoutBody = request.head.method === "HEAD" || answer.status === 204 || answer.status === 304;
      const body = withoutBody ? undefined : answer.body;
      const headers = body === undefined ? answer.headers : withLength(answer.headers, body.length);
      request.respond(httpResponseHead(answer.status, withTiming(headers, extras), extras.ongoing), body);
      return request.gone === undefined ? answer.status : 499;
    }
    case "result":
      return sendResult(request, answer, extras);
    case "stream":
      return sendStream(request, answer, extras);
    case "items":
      return sendItems(request, answer, extras);
    case "relayed":
      return answer.relay(extras.ongoing);
    default:
      return answer satisfies never;
  }
}

/**
 * An error as the caller may see it: a problem document over HTTP, an error result for a call. `shown` hides what a client
 * must not read; calls stay inside the application, so they get `error` itself. Where its time went is told of a failed request, too.
 */
export function sendError(request: IncomingRequest, error: unknown, shown: unknown, extras: AnswerExtras): number {
  const { ongoing } = extras;
  const { head } = request;
  const problem = problemAnswer(shown, head.requestId);
  if (head.kind === "http") {
    if (request.hasResponded) request.cancel(CancelCode.failed, "the answer broke off");
    else request.respond(httpResponseHead(problem.status, withTiming(problem.headers, extras), ongoing), problem.body);
    return problem.status;
  }
  const remote = remoteErrorOf(error);
  if (request.hasResponded) request.endWithTrailers({ ...remote, ongoing });
  else {
    const headers = [...remote.headers, ...extras.hops];
    request.respond(resultHead({ encoding: Encoding.none, ongoing, error: remote.error, headers }));
  }
  return problem.status;
}

/** A long body goes in pieces, so only its head can tell how much will come; of a short one the gateway sees the length itself. */
function withLength(headers: HeaderPairs, bytes: number): HeaderPairs {
  if (bytes <= shortBodyBytes) return headers;
  for (let at = 0; at < headers.length; at += 2) if (headers[at]?.toLowerCase() === "content-length") return headers;
  return [...headers, "content-length", String(bytes)];
}

function withTiming(headers: HeaderPairs, { serverTiming }: AnswerExtras): HeaderPairs {
  return [...headers, "server-timing", serverTiming];
}

function sendResult(request: IncomingRequest, { value }: Of<"result">, { ongoing, hops }: AnswerExtras): number {
  const encoded = encodeResult(value);
  const { encoding, document, parts } = encoded;
  const headers = headersOfValue(encoded);
  if (headers === undefined) {
    request.respond(resultHead({ encoding, ongoing, headers: hops }), document);
  } else {
    request.startResponse(resultHead({ encoding, ongoing, headers: [...headers, ...hops] }));
    writePieces(request, document, parts);
  }
  return request.gone === undefined ? 200 : 499;
}

async function sendStream(request: IncomingRequest, answer: Of<"stream">, extras: AnswerExtras): Promise<number> {
  const reader = answer.body.getReader();
  // Nobody reads any more: the producer is told, and the loop below ends.
  request.onCancel((gone) => void reader.cancel(new Error(`the caller is gone: ${gone.text}`)).catch(() => undefined));
  request.startResponse(httpResponseHead(answer.status, withTiming(answer.headers, extras), extras.ongoing));
  for (;;) {
    const { done, value } = await reader.read();
    if (request.gone !== undefined) return 499;
    if (done) {
      request.end();
      return answer.status;
    }
    const isTaken = request.write(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    if (!isTaken) await request.drained();
  }
}

async function sendItems(request: IncomingRequest, { items }: Of<"items">, { ongoing }: AnswerExtras): Promise<number> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  // Nobody reads any more: the generator's `finally` runs as soon as it is at a yield, and the loop below ends.
  request.onCancel(() => void Promise.resolve(iterator.return?.()).catch(() => undefined));
  request.startResponse(resultHead({ encoding: Encoding.msgpack, shape: "items", ongoing }));
  for (;;) {
    const step = await iterator.next();
    if (request.gone !== undefined) return 499;
    if (step.done === true) {
      request.end();
      return 200;
    }
    const isTaken = request.write(encodeItem(encodeItemValue(step.value)));
    if (!isTaken) await request.drained();
  }
}
