import { metricUnits } from "@sluice/contracts";
import type { MetricAnswer, MetricName, MetricQuery, MetricSeries } from "@sluice/contracts";
import { getApplication, listReplicas, queryMetricPoints } from "@sluice/db";
import type { Replica } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { readMetricNames, readMetricRange } from "./metric-range.ts";
import type { MetricRange } from "./metric-range.ts";
import { chartOf, groupPoints, newestMsOf, seriesOf, totalsOf, wholeRangeOf } from "./metric-series.ts";
import { countReplicasAt, replicaPoints } from "./replica-series.ts";
import type { ReplicaMetric } from "./replica-series.ts";

/** Series and totals of one or several metrics over the same range, so that charts share their points. */
export async function queryMetrics(deps: ApiDeps, principal: Principal, query: MetricQuery): Promise<MetricAnswer> {
  authorize(principal, "read", { type: "metrics", id: query.application ?? null });
  const nowMs = deps.clock.nowMs();
  const names = readMetricNames(query.metric);
  const range = readMetricRange(query, nowMs);
  const stored = names.filter((name) => !isReplicaMetric(name));
  const points =
    stored.length === 0
      ? []
      : await queryMetricPoints(deps.db, {
          projectId: deps.projectId,
          application: query.application,
          deployment: query.deployment ?? "",
          // The first step begins at or before `from`; its windows belong to it as a whole.
          fromMs: Math.floor(range.fromMs / range.stepMs) * range.stepMs,
          toMs: range.toMs,
        });
  const groups = groupPoints(points, query.group_by);
  const charts = groups.map((group) => ({
    group,
    points: chartOf(group, { ...range, nowMs }),
    whole: wholeRangeOf(group),
  }));
  const series = stored.flatMap((name) => charts.flatMap(({ group, points }) => seriesOf(name, group, points)));
  const totals = stored.flatMap((name) => charts.flatMap(({ group, whole }) => totalsOf(name, group, whole)));
  const counted = names.filter(isReplicaMetric);
  if (counted.length > 0) {
    const replicas = await loadReplicas(deps, query);
    for (const name of counted) {
      const answer = replicaSeries(name, replicas, query.group_by, range, nowMs);
      series.push(...answer.series);
      totals.push(...answer.totals);
    }
  }
  const newestMs = newestMsOf(groups);
  return {
    from_ms: range.fromMs,
    to_ms: range.toMs,
    step_s: range.stepMs / 1000,
    series,
    totals,
    age_ms: newestMs === null ? null : Math.max(0, nowMs - newestMs),
  };
}

function isReplicaMetric(name: MetricName): name is ReplicaMetric {
  return name === "replicas_wanted" || name === "replicas_ready";
}

async function loadReplicas(deps: ApiDeps, query: MetricQuery): Promise<Replica[]> {
  if (query.application === undefined) return await listReplicas(deps.db);
  const application = await getApplication(deps.db, { projectId: deps.projectId, name: query.application });
  if (application === null) return [];
  const replicas = await listReplicas(deps.db, { applicationId: application.id });
  const isWanted = query.deployment === undefined || query.deployment === "";
  return isWanted ? replicas : replicas.filter((replica) => replica.deployment === query.deployment);
}

function replicaSeries(
  metric: ReplicaMetric,
  replicas: readonly Replica[],
  groupBy: MetricQuery["group_by"],
  range: MetricRange,
  nowMs: number,
): { readonly series: MetricSeries[]; readonly totals: MetricAnswer["totals"] } {
  const numbers = [...new Set(replicas.map((replica) => replica.revision))].sort((a, b) => a - b);
  const groups =
    groupBy === "none"
      ? [{ labels: {}, replicas }]
      : numbers.map((number) => ({
          labels: { revision: String(number) },
          replicas: replicas.filter((replica) => replica.revision === number),
        }));
  return {
    series: groups.map((group) => ({
      metric,
      unit: metricUnits[metric],
      labels: group.labels,
      points: replicaPoints(metric, group.replicas, { ...range, nowMs }),
    })),
    totals: groups.map((group) => ({
      metric,
      labels: group.labels,
      value: countReplicasAt(metric, group.replicas, Math.min(range.toMs, nowMs)),
      count: group.replicas.length,
    })),
  };
}
