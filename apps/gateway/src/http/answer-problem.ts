import { errorStatus, problemContentType, type ErrorCode } from "@sluice/contracts";
import type { Exchange } from "../exchange/exchange.ts";

export interface GatewayProblem {
  readonly code: ErrorCode;
  /** What happened and what to do, for the caller. */
  readonly detail: string;
  readonly requestId: string;
  readonly retryAfterS?: number;
  /** Instead of the status that belongs to the code. */
  readonly status?: number;
  /** Value of `server-timing`, for requests that were on their way to a replica. */
  readonly timing?: string;
}

/** The JSON reason of an answer that the gateway itself gives. When the answer has begun, the connection is cut instead. */
export function answerProblem(exchange: Exchange, problem: GatewayProblem): void {
  if (exchange.isAnswered) return exchange.abort();
  const { status, headers, body } = problemAnswer(problem, exchange.target.includes("/v2/models/"));
  exchange.answer(status, headers, body);
}

/**
 * The answer by itself, for where there is no exchange. Clients of the Open Inference Protocol find the reason in `error`, so
 * theirs has that as well.
 */
export function problemAnswer(
  problem: GatewayProblem,
  isInference = false,
): { status: number; headers: string[]; body: Buffer } {
  const status = problem.status ?? errorStatus[problem.code];
  const body = JSON.stringify({
    type: `urn:sluice:error:${problem.code.replaceAll("/", ":")}`,
    title: problem.code.replaceAll("/", ": ").replaceAll("_", " "),
    status,
    detail: problem.detail,
    code: problem.code,
    request_id: problem.requestId,
    ...(isInference ? { error: problem.detail } : {}),
  });
  const headers = ["content-type", problemContentType, "x-request-id", problem.requestId];
  if (problem.timing !== undefined) headers.push("server-timing", problem.timing);
  if (problem.retryAfterS !== undefined) headers.push("retry-after", String(Math.ceil(problem.retryAfterS)));
  return { status, headers, body: Buffer.from(body) };
}
