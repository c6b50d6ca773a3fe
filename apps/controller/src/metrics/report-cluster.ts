/** Tells the state of the cluster every few seconds, from memory, for the Prometheus gauges and the replica counts in the charts. */
import type { LeaderParts } from "../leader/leader-context.ts";
import type { ControllerMetrics } from "./controller-metrics.ts";
import type { MetricIngest } from "./metric-ingest.ts";
import { replicaCountParts, type CountNews } from "./replica-counts.ts";
import { applicationStateNumber, numberDeployments } from "./status-numbers.ts";

export interface ReportClusterOptions {
  readonly context: Pick<LeaderParts, "state" | "epoch" | "now">;
  readonly metrics: ControllerMetrics;
  readonly ingest: MetricIngest;
  readonly news: CountNews;
  /** False once the leadership ended: what was read before is not told any more. */
  readonly isLeading: () => boolean;
}

export function reportCluster({ context, metrics, ingest, news, isLeading }: ReportClusterOptions): void {
  const { state } = context;
  if (!isLeading()) return;
  const silent = new Set(state.nodes().flatMap((node) => (node.state === "unreachable" ? [node.id] : [])));
  const parts = [...state.applications()].map(([, part]) => part);

  const counts = parts.flatMap(({ intent, poolStatuses }) =>
    intent.pools.flatMap((pool) => {
      const status = poolStatuses.get(pool.id);
      if (status === undefined) return [];
      const { state: its, wantedReplicas: wanted } = status;
      // Those that are kept warm for a rollback serve nothing.
      const ready = status.warmUntilMs === null ? status.readyReplicas : 0;
      return [{ application: intent.application.name, deployment: pool.deployment, state: its, wanted, ready }];
    }),
  );
  ingest.addOwn(news.pick(replicaCountParts(counts, `epoch-${String(context.epoch)}`, context.now())));

  metrics.applicationStatus.reset();
  for (const { intent, status } of parts) {
    const labels = { application: intent.application.name };
    metrics.applicationStatus.set(labels, applicationStateNumber[status?.state ?? "NOT_STARTED"]);
  }
  metrics.deploymentStatus.reset();
  for (const { value, ...labels } of numberDeployments(counts)) metrics.deploymentStatus.set(labels, value);
  metrics.replicaHealthy.reset();
  for (const { intent, replicas } of parts) {
    for (const { id, deployment, stage, nodeId, endedAtMs } of replicas.values()) {
      if (endedAtMs !== null) continue;
      const labels = { application: intent.application.name, deployment, replica: id };
      metrics.replicaHealthy.set(labels, stage === "ready" && !silent.has(nodeId ?? "") ? 1 : 0);
    }
  }
}
