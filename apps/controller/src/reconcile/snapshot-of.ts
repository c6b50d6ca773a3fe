/** From rows to the snapshot that the pure plan takes: nothing but the mapping. */
import type {
  Application,
  ApplicationStatus,
  AutoscalerStatus,
  Pool,
  PoolStatus,
  Replica,
  Revision,
  RevisionDeployment,
  RolloutStatus,
  TrafficInForce,
  TrafficSplit,
} from "@sluice/db";
import {
  describeExit,
  hasUserConfig,
  membersOfOptions,
  type ReconcileSnapshot,
  type ReplicaFacts,
} from "@sluice/domain";
import { boundsInForce } from "../autoscaling/bounds-in-force.ts";
import type { Confirmation } from "./load-facts.ts";

export interface SnapshotRows {
  readonly application: Application;
  readonly target: number;
  readonly split: TrafficSplit | null;
  readonly revisions: readonly Revision[];
  readonly deployments: readonly RevisionDeployment[];
  readonly pools: readonly Pool[];
  readonly poolStatuses: ReadonlyMap<string, PoolStatus>;
  readonly autoscalers: ReadonlyMap<string, AutoscalerStatus>;
  readonly replicas: readonly Replica[];
  readonly effective: TrafficInForce | null;
  readonly confirmation: Confirmation;
  readonly status: ApplicationStatus | null;
  readonly rollout: RolloutStatus | null;
}

export function snapshotOf(rows: SnapshotRows): ReconcileSnapshot {
  const { application, split, effective, status, rollout } = rows;
  return {
    application: {
      applicationId: application.id,
      name: application.name,
      generation: application.generation,
      updateGeneration: application.updateGeneration,
      deleting: application.deletingAtMs !== null,
      targetRevision: rows.target,
      routePrefix: application.routePrefix,
      split:
        split === null
          ? null
          : split.variants.flatMap(({ revision, weight }) => (revision === null ? [] : [{ revision, weight }])),
      failedGeneration: status?.failedGeneration ?? null,
      failedReason: status?.failedReason ?? null,
      rolloutPausedAtMs: application.rolloutPausedAtMs,
      manualScale: application.manualScale,
    },
    revisions: rows.revisions.map((revision) => ({
      revision: revision.number,
      stage: revision.stage,
      stageMessage: revision.stageMessage,
      deployments: rows.deployments
        .filter((deployment) => deployment.revision === revision.number)
        .map((deployment) => deploymentOf(rows, revision, deployment)),
    })),
    pools: poolsOf(rows),
    effective:
      effective === null ? null : { variants: effective.variants, source: effective.source, reason: effective.reason },
    trafficChangedAtMs: effective?.changedAtMs ?? null,
    trafficAcknowledged: rows.confirmation.isAcknowledged,
    gatewaysAwaitedUntilMs: rows.confirmation.awaited?.untilMs ?? null,
    gatewaysAwaited: rows.confirmation.awaited?.gateways ?? [],
    status:
      status === null
        ? null
        : {
            state: status.state,
            message: status.message,
            servingRevisions: status.servingRevisions,
            observedGeneration: status.observedGeneration,
          },
    rollout,
  };
}

function deploymentOf(
  { autoscalers }: Pick<SnapshotRows, "autoscalers">,
  revision: Revision,
  { deployment, poolId, ingress, version, reconfigureHash, resolved }: RevisionDeployment,
): ReconcileSnapshot["revisions"][number]["deployments"][number] {
  const described = revision.description?.deployments.find((each) => each.options.name === deployment);
  const { autoscaling } = resolved;
  return {
    name: deployment,
    poolId,
    ingress,
    outbound: described?.outbound ?? [],
    version,
    configVersion: reconfigureHash,
    hasUserConfig: hasUserConfig(resolved),
    numReplicas: resolved.num_replicas,
    autoscaling: autoscaling === undefined ? null : boundsInForce(autoscaling, autoscalers.get(poolId)),
    rollingUpdatePercentage: resolved.rolling_update_percentage,
    maxReplicasPerNode: resolved.max_replicas_per_node,
    maxConstructorRetryCount: resolved.max_constructor_retry_count,
    ...membersOfOptions(resolved),
  };
}

function poolsOf({ pools, poolStatuses, autoscalers, replicas }: SnapshotRows): ReconcileSnapshot["pools"] {
  const byPool = new Map<string, ReplicaFacts[]>(pools.map(({ id }) => [id, []]));
  const configs = new Map(pools.map(({ id, reconfigureHash }) => [id, reconfigureHash]));
  for (const replica of replicas) byPool.get(replica.poolId)?.push(replicaFacts(replica, configs.get(replica.poolId)));
  return pools
    .map((pool) => ({
      poolId: pool.id,
      deployment: pool.deployment,
      status: poolStatuses.get(pool.id) ?? null,
      autoscaleTarget: autoscalers.get(pool.id)?.target ?? null,
      replicas: byPool.get(pool.id) ?? [],
    }))
    .filter((pool) => pool.status !== null || pool.replicas.length > 0);
}

function replicaFacts(replica: Replica, wantedConfig: string | undefined): ReplicaFacts {
  return {
    replicaId: replica.id,
    poolId: replica.poolId,
    stage: replica.stage,
    stageTimes: replica.stageTimes,
    nodeId: replica.nodeId,
    message: replica.message,
    isReconfiguring: isReconfiguring(replica, wantedConfig),
    members: replica.members.map(({ nodeId, assignment }) => ({ nodeId, gpuUuids: assignment.gpuUuids })),
    lastError: replica.stage === "failed" ? lastErrorOf(replica) : null,
    failureCounted: replica.failureCounted,
    replacedBy: replica.replacedById,
  };
}

/** An agent that does not tell the configuration in force is taken at its word that the replica is ready. */
export function isReconfiguring({ stage, configVersion }: Replica, wantedConfig: string | undefined): boolean {
  return stage === "ready" && configVersion !== null && configVersion !== wantedConfig;
}

function lastErrorOf({ message, exit }: Replica): string | null {
  if (message !== "") return message;
  return exit === null ? null : describeExit(exit);
}
