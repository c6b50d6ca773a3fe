import { isConnectionField } from "../http1/field-name.ts";
import type { RequestPlan } from "./request-plan.ts";

/** What acted on a request between its arrival and the replica that answered. */
export interface RequestStory {
  /** From the request's arrival until it left for the replica that answered. */
  readonly queuedMs: number;
  /** Why it waited, "" when it did not. */
  readonly waitReason: string;
  /** Tries after the first. */
  readonly retries: number;
  /** Why it was tried again, the last time. */
  readonly retryReason: string;
  /** Of a request that got no answer: how long the replica had it that was tried last; undefined when none had it. */
  readonly unansweredMs?: number | undefined;
}

/** Header pairs of an answer: the replica's, then who answered and what happened on the way. */
export function buildAnswerHead(
  plan: RequestPlan,
  replicaId: string,
  upstream: readonly string[],
  story: RequestStory,
): string[] {
  const pairs: string[] = [];
  let timing = describeStory(story);
  for (let index = 0; index + 1 < upstream.length; index += 2) {
    const name = (upstream[index] ?? "").toLowerCase();
    if (name === "server-timing") timing = `${timing}, ${upstream[index + 1] ?? ""}`;
    else if (!isConnectionField(name)) pairs.push(name, upstream[index + 1] ?? "");
  }
  pairs.push("x-request-id", plan.requestId, "x-sluice-revision", plan.revision, "x-sluice-replica", replicaId);
  if (plan.clientRequestId !== "") pairs.push("x-client-request-id", plan.clientRequestId);
  pairs.push("traceparent", plan.traceparent, "server-timing", timing);
  return pairs;
}

/** As `Server-Timing` says it: `queue;dur=3.2;desc="wait_for_place", retry;desc="1, rejected", replica;dur=400.1`. */
export function describeStory({ queuedMs, waitReason, retries, retryReason, unansweredMs }: RequestStory): string {
  const queue = `queue;dur=${hundredths(queuedMs)}`;
  const waited = waitReason === "" ? queue : `${queue};desc="${waitReason}"`;
  const tried = retries === 0 ? waited : `${waited}, retry;desc="${String(retries)}, ${retryReason}"`;
  return unansweredMs === undefined ? tried : `${tried}, replica;dur=${hundredths(unansweredMs)}`;
}

function hundredths(ms: number): string {
  return String(Math.round(ms * 100) / 100);
}
