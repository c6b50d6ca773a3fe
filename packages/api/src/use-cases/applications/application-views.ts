/** From stored facts to what callers see. Pure. */
import type { ApplicationSummary, DeploymentView, ReplicaView, RevisionView } from "@sluice/contracts";
import type {
  Application,
  ApplicationStatus,
  PoolStatus,
  Replica,
  Revision,
  RevisionDeployment,
  TrafficInForce,
} from "@sluice/db";
import { isEnded, replicaStages } from "@sluice/domain";

export const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Everything a summary needs about one application. */
export interface ApplicationFacts {
  readonly application: Application;
  readonly status: ApplicationStatus | null;
  /** Deployments of the target revision; empty until it is described. */
  readonly deployments: readonly RevisionDeployment[];
  /** Statuses of all pools of the application by pool id. */
  readonly pools: ReadonlyMap<string, PoolStatus>;
}

export function summaryOf({ application, status, deployments, pools }: ApplicationFacts): ApplicationSummary {
  const statuses = [...pools.values()];
  return {
    id: application.id,
    name: application.name,
    route_prefix: application.routePrefix,
    status: application.deletingAtMs === null ? (status?.state ?? "NOT_STARTED") : "DELETING",
    message: status?.message ?? "Waiting for the controller.",
    target_revision: application.targetRevision ?? 0,
    generation: application.generation,
    observed_generation: status?.observedGeneration ?? 0,
    created_at: isoOf(application.createdAtMs),
    updated_at: isoOf(application.updatedAtMs),
    ready_replicas: statuses.reduce((sum, pool) => sum + pool.readyReplicas, 0),
    wanted_replicas: statuses.reduce((sum, pool) => sum + pool.wantedReplicas, 0),
    deployments: deployments.length,
  };
}

/** One deployment as people count it: over all of its pools, so that a split between revisions shows all that runs. */
export function deploymentViewOf(
  application: Application,
  deployment: RevisionDeployment,
  target: Revision,
  statuses: ReadonlyMap<string, PoolStatus>,
  replicas: readonly Replica[],
): DeploymentView {
  const described = target.description?.deployments.find((one) => one.options.name === deployment.deployment);
  const own = replicas.filter((replica) => replica.deployment === deployment.deployment);
  const poolIds = new Set([deployment.poolId, ...own.map((replica) => replica.poolId)]);
  const pools = [...poolIds].flatMap((poolId) => statuses.get(poolId) ?? []);
  const pool = statuses.get(deployment.poolId);
  const isAutoscaled = deployment.resolved.autoscaling !== undefined;
  const manual = isAutoscaled ? null : (application.manualScale[deployment.deployment] ?? null);
  const starting = own.filter(
    (replica) => !isEnded(replica.stage) && replica.stage !== "ready" && replica.stage !== "draining",
  );
  return {
    application: application.name,
    name: deployment.deployment,
    status: pool?.state ?? "UPDATING",
    message: pool?.message ?? "Waiting for the controller.",
    ingress: deployment.ingress,
    outbound: described?.outbound ?? [],
    options: deployment.resolved,
    target_num_replicas:
      pools.length === 0
        ? (manual ?? deployment.resolved.num_replicas)
        : pools.reduce((sum, { wantedReplicas }) => sum + wantedReplicas, 0),
    manual_num_replicas: manual,
    ready_replicas: pools.reduce((sum, { readyReplicas }) => sum + readyReplicas, 0),
    starting_replicas: starting.length,
  };
}

export function revisionViewOf(
  revision: Revision,
  deployments: readonly RevisionDeployment[],
  application: Application,
  effective: TrafficInForce | null,
): RevisionView {
  const mine = deployments.filter((deployment) => deployment.revision === revision.number);
  return {
    number: revision.number,
    created_at: isoOf(revision.createdAtMs),
    created_by: revision.createdBy,
    message: revision.message,
    stage: revision.stage,
    stage_message: revision.stageMessage,
    spec: revision.spec,
    description: revision.description,
    resolved: revision.stage === "described" ? mine.map((deployment) => deployment.resolved) : null,
    weight: effective?.variants.find((variant) => variant.revision === revision.number)?.weight ?? 0,
    is_target: application.targetRevision === revision.number,
  };
}

export function replicaViewOf(
  replica: Replica,
  applicationName: string,
  deployments: readonly RevisionDeployment[],
  nodeNames: ReadonlyMap<string, string>,
): ReplicaView {
  const stageTimes = replicaStages.flatMap((stage) => {
    const at = replica.stageTimes[stage];
    return at === undefined ? [] : [[stage, isoOf(at)] as const];
  });
  const hasProcess = !isEnded(replica.stage);
  return {
    id: replica.id,
    application: applicationName,
    deployment: replica.deployment,
    revisions: deployments.filter((one) => one.poolId === replica.poolId).map((one) => one.revision),
    pool_id: replica.poolId,
    node_id: replica.nodeId,
    node_name: replica.nodeId === null ? null : (nodeNames.get(replica.nodeId) ?? replica.nodeId),
    stage: replica.stage,
    stage_times: Object.fromEntries(stageTimes),
    message: replica.message,
    pid: replica.pid,
    ongoing: replica.stage === "ready" || replica.stage === "draining" ? replica.ongoing : null,
    rss_bytes: hasProcess ? replica.rssBytes : null,
    gpu_uuids: replica.members.flatMap((member) => [...member.assignment.gpuUuids]),
    created_at: isoOf(replica.createdAtMs),
  };
}
