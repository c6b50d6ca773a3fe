/** From stored facts to what callers see. Pure. */
import type { ApplicationSummary, DeploymentView, NodeRefusalView, ReplicaView, RevisionView } from "@sluice/contracts";
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
import type { NodeRefusal } from "@sluice/domain";

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
    ready_replicas: readyIn(statuses),
    wanted_replicas: statuses.reduce((sum, pool) => sum + pool.wantedReplicas, 0),
    deployments: deployments.length,
  };
}

/** Of those that are wanted. What is kept warm for a rollback, or is on its way out after one, serves nothing and does not count. */
function readyIn(pools: readonly PoolStatus[]): number {
  return pools.reduce(
    (sum, { readyReplicas, wantedReplicas, warmUntilMs }) =>
      sum + (warmUntilMs === null ? Math.min(readyReplicas, wantedReplicas) : 0),
    0,
  );
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
    ready_replicas: readyIn(pools),
    starting_replicas: starting.length,
  };
}

export function revisionViewOf(
  revision: Revision,
  deployments: readonly RevisionDeployment[],
  application: Application,
  effective: TrafficInForce | null,
  pools: ReadonlyMap<string, PoolStatus>,
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
    warm_until: warmUntilOf(mine, pools),
  };
}

/** All its pools that only it uses are kept; the first to go ends it. */
function warmUntilOf(
  deployments: readonly RevisionDeployment[],
  pools: ReadonlyMap<string, PoolStatus>,
): string | null {
  const kept = deployments.flatMap(({ poolId }) => pools.get(poolId)?.warmUntilMs ?? []);
  return kept.length === 0 ? null : isoOf(Math.min(...kept));
}

export function refusalViewOf(refusal: NodeRefusal): NodeRefusalView {
  const { nodeId, nodeName, reason, advice, suggestion } = refusal;
  return { node_id: nodeId, node_name: nodeName, reason, advice, suggestion };
}

/** What replicas are shown with. */
export interface ReplicaSurroundings {
  readonly applicationName: string;
  readonly deployments: readonly RevisionDeployment[];
  readonly nodeNames: ReadonlyMap<string, string>;
  readonly pools: ReadonlyMap<string, PoolStatus>;
}

export function replicaViewOf(
  replica: Replica,
  { applicationName, deployments, nodeNames, pools }: ReplicaSurroundings,
): ReplicaView {
  const own = deployments.filter((one) => one.poolId === replica.poolId);
  const warmUntilMs = pools.get(replica.poolId)?.warmUntilMs ?? null;
  const stageTimes = replicaStages.flatMap((stage) => {
    const at = replica.stageTimes[stage];
    return at === undefined ? [] : [[stage, isoOf(at)] as const];
  });
  const hasProcess = !isEnded(replica.stage);
  return {
    id: replica.id,
    application: applicationName,
    deployment: replica.deployment,
    revisions: own.map((one) => one.revision),
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
    members: replica.members.map(({ rank, nodeId, assignment }) => ({
      rank,
      node_id: nodeId,
      node_name: nodeNames.get(nodeId) ?? nodeId,
      gpu_uuids: [...assignment.gpuUuids],
    })),
    refusals: replica.stage === "pending" ? (replica.refusals ?? []).map(refusalViewOf) : [],
    reconfiguring: replica.stage === "ready" && isBehind(replica, own),
    warm_until: warmUntilMs === null || replica.stage !== "ready" ? null : isoOf(warmUntilMs),
    created_at: isoOf(replica.createdAtMs),
  };
}

/** Its process does not have the settings of its pool yet. */
function isBehind({ configVersion }: Replica, [deployment]: readonly RevisionDeployment[]): boolean {
  return configVersion !== null && deployment !== undefined && configVersion !== deployment.reconfigureHash;
}
