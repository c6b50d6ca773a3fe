import { isConnectionField } from "../http1/field-name.ts";
import type { RequestPlan } from "./request-plan.ts";

/** Header pairs of an answer: the replica's, then who answered and how long the request waited for a replica. */
export function buildAnswerHead(
  plan: RequestPlan,
  replicaId: string,
  upstream: readonly string[],
  queuedMs: number,
): string[] {
  const pairs: string[] = [];
  for (let index = 0; index + 1 < upstream.length; index += 2) {
    const name = (upstream[index] ?? "").toLowerCase();
    if (!isConnectionField(name)) pairs.push(name, upstream[index + 1] ?? "");
  }
  pairs.push("x-request-id", plan.requestId, "x-sluice-revision", plan.revision, "x-sluice-replica", replicaId);
  if (plan.clientRequestId !== "") pairs.push("x-client-request-id", plan.clientRequestId);
  pairs.push("server-timing", `queue;dur=${String(Math.round(queuedMs * 100) / 100)}`);
  return pairs;
}
