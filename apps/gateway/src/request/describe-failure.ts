/** What a client is told when its request gets no answer from a replica. */
import type { ErrorCode, RoutedPool, RoutingSlice } from "@sluice/contracts";
import type { TryOutcome, WaitRefusal } from "@sluice/router";
import type { OverloadAnswer } from "./forward-request.ts";
import type { RequestPlan } from "./request-plan.ts";

export interface Failure {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly retryAfterS?: number;
  /** Instead of the status that belongs to the code. */
  readonly status?: number;
}

/** `queued` is the length of the line that the request would have joined. */
export function describeRefusal(
  refusal: WaitRefusal,
  plan: RequestPlan,
  queued: number,
  nowMs: number,
  overload: OverloadAnswer,
): Failure {
  const { application } = plan.slice;
  if (refusal === "queue_full") {
    const queueFull = queueFullOf(plan);
    return {
      code: "gateway/queue_full",
      detail: `Application ${application} is at its limit: ${String(queued)} requests wait already (max_queued_requests). Try again later.`,
      status: queueFull?.status ?? overload.queueFullStatus,
      retryAfterS: queueFull?.retryAfterS ?? overload.retryAfterS,
    };
  }
  if (refusal === "deadline" && plan.deadlineMs <= nowMs) {
    return {
      code: "gateway/deadline",
      detail: `No replica of ${application} became free before the request's deadline.`,
    };
  }
  return { code: "gateway/no_ready_replica", detail: noReadyReplica(plan.slice), retryAfterS: overload.retryAfterS };
}

export function describeDeadline(plan: RequestPlan): Failure {
  const limitMs = Math.round(plan.deadlineMs - plan.startedMs);
  return { code: "gateway/deadline", detail: `The answer did not come within ${String(limitMs)} ms.` };
}

export function describeLongBody(maxBodyBytes: number): Failure {
  return {
    code: "request/too_large",
    detail: `The body has more than ${String(maxBodyBytes)} bytes; no more are taken (SLUICE_MAX_BODY_BYTES).`,
  };
}

/** `why` the last try failed, and the reason there is no other. */
export function describeLoss(outcome: TryOutcome, why: string, reason: string): Failure {
  if (outcome === "rejected") {
    return {
      code: "gateway/no_ready_replica",
      detail: "The replica refused the request after part of its body had been sent. Try again.",
      retryAfterS: 1,
    };
  }
  return {
    code: "replica/lost",
    detail: `The replica was lost while it had the request (${why}); not repeated: ${reason}.`,
  };
}

function noReadyReplica({ application, message }: RoutingSlice): string {
  return `Application ${application} has no ready replica${message === "" ? "." : `: ${message}`}`;
}

/** What the deployment itself wants to be said; undefined = nothing. */
function queueFullOf({ slice, revision, deployment }: RequestPlan): RoutedPool["queueFull"] {
  const poolId = slice.revisions[revision]?.pools[deployment];
  return poolId === undefined ? undefined : slice.pools[poolId]?.queueFull;
}
