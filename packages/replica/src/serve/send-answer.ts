import { problemOf } from "@sluice/contracts";
import { CancelCode, Encoding, httpResponseHead, resultHead } from "@sluice/wire";
import type { RemoteError } from "@sluice/wire";
import type { Answer, IncomingRequest } from "../runtime.ts";
import { problemAnswer } from "./json-answer.ts";

/** Hands the answer to the wire; a promise only when the body comes in pieces. Returns the status to count. */
export function sendAnswer(request: IncomingRequest, answer: Answer, ongoing: number): number | Promise<number> {
  switch (answer.kind) {
    case "http": {
      const withoutBody = request.head.method === "HEAD" || answer.status === 204 || answer.status === 304;
      request.respond(httpResponseHead(answer.status, answer.headers, ongoing), withoutBody ? undefined : answer.body);
      return request.gone === undefined ? answer.status : 499;
    }
    case "result": {
      const text = answer.value === undefined ? undefined : JSON.stringify(answer.value);
      const encoding = text === undefined ? Encoding.none : Encoding.json;
      request.respond(resultHead({ encoding, ongoing }), text === undefined ? undefined : Buffer.from(text));
      return request.gone === undefined ? 200 : 499;
    }
    case "stream":
      return sendStream(request, answer, ongoing);
  }
}

/** An error as the caller may see it: a problem document over HTTP, an error result for a call. */
export function sendError(request: IncomingRequest, error: unknown, ongoing: number): number {
  const { head } = request;
  const problem = problemAnswer(error, head.requestId);
  if (request.hasResponded) {
    request.cancel(CancelCode.failed, "the answer broke off");
  } else if (head.kind === "http") {
    request.respond(httpResponseHead(problem.status, problem.headers, ongoing), problem.body);
  } else {
    request.respond(resultHead({ encoding: Encoding.none, ongoing, error: remoteErrorOf(error) }));
  }
  return problem.status;
}

/** Calls stay inside the application, so its own error text may travel. */
function remoteErrorOf(error: unknown): RemoteError {
  const problem = problemOf(error);
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return {
    type: cause instanceof Error ? cause.name : "Error",
    message: cause instanceof Error ? cause.message : problem.detail,
    stack: cause instanceof Error ? (cause.stack ?? "") : "",
    code: problem.code,
  };
}

async function sendStream(
  request: IncomingRequest,
  answer: Extract<Answer, { kind: "stream" }>,
  ongoing: number,
): Promise<number> {
  const reader = answer.body.getReader();
  // Nobody reads any more: the producer is told, and the loop below ends.
  request.onCancel((gone) => void reader.cancel(new Error(`the caller is gone: ${gone.text}`)).catch(() => undefined));
  request.startResponse(httpResponseHead(answer.status, answer.headers, ongoing));
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
