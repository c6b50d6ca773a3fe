/** Reads the state of the cluster every few seconds, for the Prometheus gauges and the replica counts in the charts. */
import {
  listAllApplications,
  listApplicationStatuses,
  listNodes,
  listPools,
  listPoolStatuses,
  listReplicas,
} from "@sluice/db";
import type { LeaderContext } from "../leader/leader-context.ts";
import type { ControllerMetrics } from "./controller-metrics.ts";
import type { MetricIngest } from "./metric-ingest.ts";
import { replicaCountParts } from "./replica-counts.ts";
import { applicationStateNumber, numberDeployments } from "./status-numbers.ts";

export interface ReportClusterOptions {
  readonly context: LeaderContext;
  readonly metrics: ControllerMetrics;
  readonly ingest: MetricIngest;
  /** False once the leadership ended: what was read before is not told any more. */
  readonly isLeading: () => boolean;
}

export async function reportCluster({ context, metrics, ingest, isLeading }: ReportClusterOptions): Promise<void> {
  const { database } = context;
  const [applications, statuses, pools, poolStatuses, replicas, nodes] = await Promise.all([
    listAllApplications(database),
    listApplicationStatuses(database),
    listPools(database),
    listPoolStatuses(database),
    listReplicas(database, { live: true }),
    listNodes(database),
  ]);
  if (!isLeading()) return;
  const nameOf = new Map(applications.map((application) => [application.id, application.name]));
  const stateOf = new Map(statuses.map((status) => [status.applicationId, status.state]));
  const poolStatusOf = new Map(poolStatuses.map((status) => [status.poolId, status]));
  const silent = new Set(nodes.filter((node) => node.state === "unreachable").map((node) => node.id));

  const counts = pools.flatMap((pool) => {
    const status = poolStatusOf.get(pool.id);
    const application = nameOf.get(pool.applicationId);
    if (status === undefined || application === undefined) return [];
    const { state, wantedReplicas: wanted, readyReplicas: ready } = status;
    return [{ application, deployment: pool.deployment, state, wanted, ready }];
  });
  ingest.addOwn(replicaCountParts(counts, `epoch-${String(context.epoch)}`, context.now()));

  metrics.applicationStatus.reset();
  for (const { id, name } of applications) {
    metrics.applicationStatus.set({ application: name }, applicationStateNumber[stateOf.get(id) ?? "NOT_STARTED"]);
  }
  metrics.deploymentStatus.reset();
  for (const { value, ...labels } of numberDeployments(counts)) metrics.deploymentStatus.set(labels, value);
  metrics.replicaHealthy.reset();
  for (const { id, applicationId, deployment, stage, nodeId } of replicas) {
    const isHealthy = stage === "ready" && !silent.has(nodeId ?? "");
    const labels = { application: nameOf.get(applicationId) ?? "", deployment, replica: id };
    metrics.replicaHealthy.set(labels, isHealthy ? 1 : 0);
  }
}
