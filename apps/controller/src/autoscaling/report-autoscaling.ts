import type { AutoscalingEvaluation } from "@sluice/contracts";
import { resetAutoscaling, type ControllerMetrics } from "../metrics/controller-metrics.ts";

/** Ray Serve's gauges of autoscaling. Revisions of a deployment that serve side by side are added up; no data leaves a gap. */
export function reportAutoscaling(evaluations: readonly AutoscalingEvaluation[], metrics: ControllerMetrics): void {
  resetAutoscaling(metrics);
  for (const { application, deployment, decision } of evaluations) {
    const labels = { application, deployment };
    metrics.autoscalingTarget.inc(labels, decision.target);
    metrics.autoscalingGoal.set(labels, decision.targetOngoingRequests);
    if (decision.afterFactor !== null) metrics.autoscalingDesired.inc(labels, decision.afterFactor);
    if (decision.aggregated !== null) metrics.autoscalingRequests.inc(labels, decision.aggregated);
  }
}
