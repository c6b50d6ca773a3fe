/** Reads all that is known of one application, in the shape the pure plan takes. */
import {
  getApplicationById,
  getApplicationStatus,
  getEffectiveTraffic,
  getTrafficSplit,
  listAutoscalerStatuses,
  listPools,
  listPoolStatuses,
  listReplicas,
  listRevisionDeployments,
  listRevisionsByNumber,
  listRolloutStatuses,
  type Application,
  type ApplicationStatus,
  type Database,
  type Pool,
  type Replica,
  type Revision,
  type RevisionDeployment,
  type TrafficInForce,
} from "@sluice/db";
import { describeExit, isEnded, resourcesOfOptions, type ReconcileSnapshot, type ReplicaFacts } from "@sluice/domain";

/** One application as it stands in the database. */
export interface ApplicationFacts {
  readonly application: Application;
  readonly revisions: readonly Revision[];
  /** Deployments of `revisions`. */
  readonly deployments: readonly RevisionDeployment[];
  readonly pools: readonly Pool[];
  readonly replicas: readonly Replica[];
  readonly effective: TrafficInForce | null;
  readonly status: ApplicationStatus | null;
  readonly snapshot: ReconcileSnapshot;
}

/** Null when the application is gone, or has no revision yet. */
export async function loadFacts(
  database: Database,
  applicationId: string,
  isAcknowledged: (application: Application, effective: TrafficInForce | null) => boolean,
): Promise<ApplicationFacts | null> {
  const application = await getApplicationById(database, applicationId);
  if (application === null || application.targetRevision === null) return null;
  const [split, allDeployments, pools, poolStatuses, replicas, effective, status, autoscalerStatuses, rollouts] = await Promise.all([
    getTrafficSplit(database, applicationId),
    listRevisionDeployments(database, { applicationId }),
    listPools(database, { applicationId }),
    listPoolStatuses(database, { applicationId }),
    listReplicas(database, { applicationId }),
    getEffectiveTraffic(database, applicationId),
    getApplicationStatus(database, applicationId),
    listAutoscalerStatuses(database, { applicationId }),
    listRolloutStatuses(database, { applicationId }),
  ]);

  const occupied = new Set(replicas.filter((replica) => !isEnded(replica.stage)).map((replica) => replica.poolId));
  const numbers = new Set<number>([
    application.targetRevision,
    ...(split?.variants ?? []).flatMap((variant) => (variant.revision === null ? [] : [variant.revision])),
    ...(effective?.variants ?? []).map((variant) => variant.revision),
    ...allDeployments.filter((deployment) => occupied.has(deployment.poolId)).map((deployment) => deployment.revision),
  ]);
  const revisions = await listRevisionsByNumber(
    database,
    [...numbers].map((number) => ({ applicationId, number })),
  );
  const deployments = allDeployments.filter((deployment) => numbers.has(deployment.revision));
  const autoscaled = new Map(autoscalerStatuses.map((entry) => [entry.poolId, entry]));
  const statusOf = new Map(poolStatuses.map((entry) => [entry.poolId, entry]));

  const snapshot: ReconcileSnapshot = {
    application: {
      applicationId,
      name: application.name,
      generation: application.generation,
      deleting: application.deletingAtMs !== null,
      targetRevision: application.targetRevision,
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
    revisions: revisions
      .toSorted((a, b) => a.number - b.number)
      .map((revision) => ({
        revision: revision.number,
        stage: revision.stage,
        stageMessage: revision.stageMessage,
        deployments: deployments
          .filter((deployment) => deployment.revision === revision.number)
          .map((deployment) => ({
            name: deployment.deployment,
            poolId: deployment.poolId,
            ingress: deployment.ingress,
            outbound: outboundOf(revision, deployment.deployment),
            version: deployment.version,
            configVersion: deployment.reconfigureHash,
            numReplicas: deployment.resolved.num_replicas,
            autoscaling: null,
            rollingUpdatePercentage: 0.2,
            maxReplicasPerNode: deployment.resolved.max_replicas_per_node,
            maxConstructorRetryCount: deployment.resolved.max_constructor_retry_count,
            resources: resourcesOfOptions(deployment.resolved.ray_actor_options),
          })),
      })),
    pools: pools
      .map((pool) => ({
        poolId: pool.id,
        deployment: pool.deployment,
        status: statusOf.get(pool.id) ?? null,
        autoscaleTarget: autoscaled.get(pool.id)?.target ?? null,
        replicas: replicas.filter((replica) => replica.poolId === pool.id).map(replicaFacts),
      }))
      .filter((pool) => pool.status !== null || pool.replicas.length > 0),
    effective:
      effective === null ? null : { variants: effective.variants, source: effective.source, reason: effective.reason },
    trafficChangedAtMs: effective?.changedAtMs ?? null,
    trafficAcknowledged: isAcknowledged(application, effective),
    status:
      status === null
        ? null
        : {
            state: status.state,
            message: status.message,
            servingRevisions: status.servingRevisions,
            observedGeneration: status.observedGeneration,
          },
    rollout: rollouts[0] ?? null,
  };
  return { application, revisions, deployments, pools, replicas, effective, status, snapshot };
}

function outboundOf(revision: Revision, deployment: string): readonly string[] {
  return revision.description?.deployments.find((each) => each.options.name === deployment)?.outbound ?? [];
}

function replicaFacts(replica: Replica): ReplicaFacts {
  const lastError =
    replica.stage !== "failed"
      ? null
      : replica.message !== ""
        ? replica.message
        : replica.exit === null
          ? null
          : describeExit(replica.exit);
  return {
    replicaId: replica.id,
    poolId: replica.poolId,
    stage: replica.stage,
    stageTimes: replica.stageTimes,
    nodeId: replica.nodeId,
    message: replica.message,
    configVersion: replica.configVersion,
    lastError,
    failureCounted: replica.failureCounted,
    replacedBy: replica.replacedById,
  };
}
