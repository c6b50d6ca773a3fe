import { AutoscalingEvaluation } from "@sluice/contracts";
import type { AutoscalingView } from "@sluice/contracts";
import { listAutoscalerStatuses, listRevisionDeployments } from "@sluice/db";
import type { Application } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { findApplication } from "./find-application.ts";

/** What the autoscaler thinks now of each autoscaled deployment; without a leader, what it decided last. */
export async function getAutoscaling(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string },
): Promise<AutoscalingView> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  const evaluations = await deps.controller.autoscaling(application.id);
  if (evaluations !== null) return { available: true, evaluations: [...evaluations] };
  return { available: false, evaluations: await loadLastDecisions(deps, application) };
}

/** A decision that an earlier version wrote in another shape is left out. */
async function loadLastDecisions(deps: ApiDeps, application: Application): Promise<AutoscalingEvaluation[]> {
  const [statuses, deployments] = await Promise.all([
    listAutoscalerStatuses(deps.db, { applicationId: application.id }),
    listRevisionDeployments(deps.db, { applicationId: application.id }),
  ]);
  return statuses.flatMap((status) => {
    const users = deployments.filter((deployment) => deployment.poolId === status.poolId);
    const [newest] = users.sort((a, b) => b.revision - a.revision);
    const parsed = AutoscalingEvaluation.safeParse({
      applicationId: application.id,
      application: application.name,
      deployment: newest?.deployment,
      revision: newest?.revision,
      poolId: status.poolId,
      atMs: status.changedAtMs,
      decision: status.decision,
    });
    return parsed.success ? [parsed.data] : [];
  });
}
