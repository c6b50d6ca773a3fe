import type { AutoscalerStatus, NewEvent, StatusBatch } from "@sluice/db";
import { emptyBatch } from "@sluice/db";
import type { ScaleDecision } from "@sluice/domain";
import type { LeftoverTarget } from "./autoscaled-pool.ts";
import type { Evaluation } from "./evaluate-pool.ts";

/** Whether the database has to hear of it: another target, or the first one. */
export function isNews({ pool, decision }: Evaluation): boolean {
  return decision.target !== pool.currentTarget || !pool.isStored;
}

/** Everything that one application's tick writes: targets with the decision that led to them, and an event for each move. */
export function planTargets(
  applicationId: string,
  evaluations: readonly Evaluation[],
  leftovers: readonly LeftoverTarget[],
): StatusBatch {
  return {
    ...emptyBatch,
    autoscalers: evaluations.map(statusOf),
    deletedAutoscalers: leftovers,
    events: evaluations.filter(({ pool, decision }) => decision.target !== pool.currentTarget).map(eventOf),
    notices: [applicationId],
  };
}

function statusOf({ pool, decision, atMs }: Evaluation): AutoscalerStatus {
  const { poolId, applicationId, projectId } = pool;
  return { poolId, applicationId, projectId, target: decision.target, decision: { ...decision }, changedAtMs: atMs };
}

function eventOf({ pool, decision, atMs }: Evaluation): NewEvent {
  const { projectId, applicationId, application, deployment, revision } = pool;
  return {
    projectId,
    atMs,
    reason: "Autoscaled",
    severity: "info",
    message: `${deployment}: ${decision.reason}`,
    numbers: numbersOf(decision),
    applicationId,
    application,
    deployment,
    revision,
  };
}

/** The numbers of a decision by flat names; what was not measured is left out. */
function numbersOf(decision: ScaleDecision): Record<string, number> {
  const { measured, bounds, delay } = decision;
  const numbers: Record<string, number | null | undefined> = {
    target: decision.target,
    before: decision.before,
    running: decision.running,
    requests: measured?.total,
    queued: measured?.queued,
    sent: measured?.sent,
    load: decision.aggregated,
    target_ongoing_requests: decision.targetOngoingRequests,
    desired: decision.desiredRaw,
    after_factor: decision.afterFactor,
    min_replicas: bounds.min,
    max_replicas: bounds.max,
    delay_ms: delay?.delayMs,
  };
  return Object.fromEntries(
    Object.entries(numbers).flatMap(([name, value]) => (typeof value === "number" ? [[name, value]] : [])),
  );
}
