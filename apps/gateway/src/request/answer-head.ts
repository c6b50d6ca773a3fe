import { answerHeaders } from "./headers.ts";
import type { RequestPlan } from "./request-plan.ts";

/** Header pairs of an answer: the replica's, then who answered. `completeLength` is -1 when the body is still to come. */
export function buildAnswerHead(
  plan: RequestPlan,
  replicaId: string,
  upstream: readonly string[],
  completeLength: number,
): string[] {
  const own = ["x-request-id", plan.requestId, "x-sluice-revision", plan.revision, "x-sluice-replica", replicaId];
  if (plan.clientRequestId !== "") own.push("x-client-request-id", plan.clientRequestId);
  return answerHeaders(upstream, own, completeLength);
}

/** Answers that have no body say nothing about its length (RFC 9110 8.6). */
export function mayHaveBody(method: string | undefined, status: number): boolean {
  return method !== "HEAD" && status !== 204 && status !== 304;
}
