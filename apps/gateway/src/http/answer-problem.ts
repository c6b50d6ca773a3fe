import type { ServerResponse } from "node:http";
import { errorStatus, problemContentType, type ErrorCode } from "@sluice/contracts";

export interface GatewayProblem {
  readonly code: ErrorCode;
  /** What happened and what to do, for the caller. */
  readonly detail: string;
  readonly requestId: string;
  readonly retryAfterS?: number;
}

/** The JSON reason of an answer that the gateway itself gives. When the answer has begun, the connection is cut instead. */
export function answerProblem(response: ServerResponse, problem: GatewayProblem): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = errorStatus[problem.code];
  const body = JSON.stringify({
    type: `urn:sluice:error:${problem.code.replaceAll("/", ":")}`,
    title: problem.code.replaceAll("/", ": ").replaceAll("_", " "),
    status,
    detail: problem.detail,
    code: problem.code,
    request_id: problem.requestId,
  });
  response.writeHead(status, {
    "content-type": problemContentType,
    "content-length": Buffer.byteLength(body),
    "x-request-id": problem.requestId,
    ...(problem.retryAfterS === undefined ? {} : { "retry-after": String(Math.ceil(problem.retryAfterS)) }),
  });
  response.end(body);
}
