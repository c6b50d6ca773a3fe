import { replicaCountVariant, windowMs } from "@sluice/contracts";
import type { MetricAnswer, MetricName, MetricQuery } from "@sluice/contracts";
import { getApplication, queryMetricPoints } from "@sluice/db";
import type { MetricPoint } from "@sluice/db";
import { coverageOf } from "@sluice/domain";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { readMetricNames, readMetricRange } from "./metric-range.ts";
import { chartOf, groupPoints, newestMsOf, seriesOf, totalsOf, wholeRangeOf } from "./metric-series.ts";
import type { MetricGroup } from "./metric-series.ts";

/** Series and totals of one or several metrics over the same range, so that charts share their points. */
export async function queryMetrics(deps: ApiDeps, principal: Principal, query: MetricQuery): Promise<MetricAnswer> {
  authorize(principal, "read", { type: "metrics", id: query.application ?? null });
  const nowMs = deps.clock.nowMs();
  const names = readMetricNames(query.metric);
  const range = readMetricRange(query, nowMs);
  const points = await queryMetricPoints(deps.db, {
    projectId: deps.projectId,
    application: query.application,
    deployment: query.deployment ?? "",
    // The first step begins at or before `from`; its windows belong to it as a whole.
    fromMs: Math.max(Math.floor(range.fromMs / range.stepMs) * range.stepMs, await bornMs(deps, query.application)),
    toMs: range.toMs,
  });
  const isCount = (point: MetricPoint): boolean => point.key.variant === replicaCountVariant;
  // Counts are the controller's word about pools, which revisions may share: they are not split by revision.
  const counts = groupPoints(points.filter(isCount), "none");
  const requests = groupPoints(
    points.filter((point) => !isCount(point)),
    query.group_by,
  );
  const coverage = coverageOf(requests.flatMap((group) => group.windows));
  const chart = (group: MetricGroup) => ({
    group,
    points: chartOf(group, { ...range, nowMs, coverage }),
    whole: wholeRangeOf(group, coverage),
  });
  const charts = {
    counts: counts.map((group) => ({ group, points: chartOf(group, { ...range, nowMs }), whole: wholeRangeOf(group) })),
    requests: requests.map(chart),
  };
  const chartsOf = (name: MetricName) => (isReplicaMetric(name) ? charts.counts : charts.requests);
  const newestMs = newestMsOf(names.every(isReplicaMetric) ? counts : requests);
  return {
    from_ms: range.fromMs,
    to_ms: range.toMs,
    step_s: range.stepMs / 1000,
    series: names.flatMap((name) => chartsOf(name).flatMap(({ group, points }) => seriesOf(name, group, points))),
    totals: names.flatMap((name) => chartsOf(name).flatMap(({ group, whole }) => totalsOf(name, group, whole))),
    age_ms: newestMs === null ? null : Math.max(0, nowMs - newestMs),
  };
}

/** Start of the window in which the application was created: what an earlier one of the same name did is not its history. */
async function bornMs(deps: ApiDeps, name: string | undefined): Promise<number> {
  const application = name === undefined ? null : await getApplication(deps.db, { projectId: deps.projectId, name });
  return application === null ? 0 : Math.floor(application.createdAtMs / windowMs) * windowMs;
}

function isReplicaMetric(name: MetricName): boolean {
  return name === "replicas_wanted" || name === "replicas_ready";
}
