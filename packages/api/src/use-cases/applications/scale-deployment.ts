import { SluiceError } from "@sluice/contracts";
import type { ScaleAnswer } from "@sluice/contracts";
import { appendEvents, changeApplication, getApplicationStatus, listRevisionDeployments } from "@sluice/db";
import type { Application, RevisionDeployment, Tx } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { lockLiveApplication } from "./find-application.ts";
import { finishApplicationChange } from "./write-audit.ts";

export interface ScaleInput {
  readonly application: string;
  readonly deployment: string;
  /** Null = back to the number of the spec. */
  readonly targetNumReplicas: number | null;
  readonly ifGeneration?: number | undefined;
}

/**
 * Sets the number of replicas by hand, for people and outside scalers. It wins over the spec's number, survives rollbacks, and
 * ends when a deploy changes `num_replicas`. Where the autoscaler owns the number the call is refused.
 */
export async function scaleDeployment(deps: ApiDeps, principal: Principal, input: ScaleInput): Promise<ScaleAnswer> {
  authorize(principal, "update", { type: "application", id: input.application });
  return await deps.db.transaction(async (tx) => {
    const before = await lockLiveApplication(deps, tx, input.application, input.ifGeneration);
    const deployment = await findDeployment(tx, before, input.deployment);
    refuseAutoscaled(before, deployment);
    const { [input.deployment]: manual = null, ...others } = before.manualScale;
    const wanted = input.targetNumReplicas;
    const answer = (application: Application): ScaleAnswer => ({
      application: application.name,
      deployment: input.deployment,
      manual_num_replicas: wanted,
      spec_num_replicas: deployment.resolved.num_replicas,
      generation: application.generation,
    });
    if (manual === wanted) return answer(before);
    const manualScale = wanted === null ? others : { ...others, [input.deployment]: wanted };
    const after = await changeApplication(tx, before, { manualScale });
    await finishApplicationChange(tx, principal, {
      action: "deployment.scale",
      application: after,
      before: { deployment: input.deployment, target_num_replicas: manual },
      after: { deployment: input.deployment, target_num_replicas: wanted },
    });
    const from = manual ?? deployment.resolved.num_replicas;
    const to = wanted ?? deployment.resolved.num_replicas;
    await appendEvents(tx, [
      {
        projectId: after.projectId,
        applicationId: after.id,
        application: after.name,
        deployment: input.deployment,
        atMs: deps.clock.nowMs(),
        reason: "ManuallyScaled",
        severity: "info",
        message:
          wanted === null
            ? `${input.deployment}: back to the ${to} of the spec, asked for by ${principal.name}`
            : `${input.deployment}: ${from} -> ${to} replicas, set by hand by ${principal.name}`,
        numbers: { from, to },
      },
    ]);
    return answer(after);
  });
}

/** As the target revision has it; while that one has failed or is being described, as what serves has it. */
async function findDeployment(tx: Tx, application: Application, name: string): Promise<RevisionDeployment> {
  const status = await getApplicationStatus(tx, application.id);
  const target = application.targetRevision === null ? [] : [application.targetRevision];
  const serving = status?.servingRevisions ?? [];
  const hasFailed = status?.failedGeneration === application.updateGeneration;
  const revisions = hasFailed ? [...serving, ...target] : [...target, ...serving];
  const deployments = await listRevisionDeployments(tx, { applicationId: application.id, revisions });
  const found = revisions
    .flatMap((revision) => deployments.filter((each) => each.revision === revision))
    .find(({ deployment }) => deployment === name);
  if (found !== undefined) return found;
  const known = [...new Set(deployments.map(({ deployment }) => `\`${deployment}\``))].join(", ");
  const hint = known === "" ? "Its revision is still being described." : `It has ${known}.`;
  throw new SluiceError({
    code: "deployment/not_found",
    publicMessage: `Application \`${application.name}\` has no deployment \`${name}\`. ${hint}`,
  });
}

function refuseAutoscaled(application: Application, { deployment, resolved }: RevisionDeployment): void {
  const { autoscaling } = resolved;
  if (autoscaling === undefined) return;
  const bounds = `${autoscaling.min_replicas} to ${autoscaling.max_replicas}`;
  throw new SluiceError({
    code: "application/autoscaled",
    publicMessage:
      `The autoscaler owns the number of replicas of \`${deployment}\` in \`${application.name}\` (${bounds}). ` +
      "Deploy it with an integer `num_replicas` and without `autoscaling_config` to scale it by hand.",
  });
}
