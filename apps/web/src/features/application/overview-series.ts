/** Which series each chart of the application page draws. Pure. */
import type { MetricAnswer } from "@sluice/contracts";
import { labelValues, pointsOf } from "../../components/charts/chart-model.ts";
import type { ChartSeries } from "../../components/charts/chart-model.ts";
import { revisionSeries, seriesTokens } from "../../components/ui/series.ts";

/** The label of requests that were answered before a revision was chosen. */
const unrouted = "0";

export function throughputSeries(byRevision: MetricAnswer | undefined): ChartSeries[] {
  const series = labelValues(byRevision, "throughput", "revision").map((revision) => ({
    key: `r${revision}`,
    label: revision === unrouted ? "not routed" : `r${revision}`,
    colour: revision === unrouted ? "var(--faint)" : revisionSeries(Number(revision)),
    area: true,
    points: pointsOf(byRevision, "throughput", { revision }),
  }));
  // Requests that reached no revision are worth a line; that there were none is not.
  return series.filter(({ key, points }) => key !== `r${unrouted}` || points.some(([, value]) => (value ?? 0) > 0));
}

export function latencySeries(answer: MetricAnswer | undefined): ChartSeries[] {
  return [
    { key: "p50", label: "p50", colour: "var(--l1)", points: pointsOf(answer, "latency_p50") },
    { key: "p95", label: "p95", colour: "var(--l2)", points: pointsOf(answer, "latency_p95") },
    { key: "p99", label: "p99", colour: "var(--l3)", points: pointsOf(answer, "latency_p99") },
  ];
}

export function errorSeries(answer: MetricAnswer | undefined): ChartSeries[] {
  const codes = labelValues(answer, "errors", "code");
  return codes.map((code, index) => ({
    key: `c${code}`,
    label: code,
    // Server errors take the state colour; client errors stay in the series colours.
    colour:
      code.startsWith("5") && codes.findIndex((other) => other.startsWith("5")) === index
        ? "var(--bad)"
        : (seriesTokens[(index + 1) % seriesTokens.length] ?? seriesTokens[1]),
    points: pointsOf(answer, "errors", { code }),
  }));
}

/** An empty chart of errors is good news where requests were counted, and no news where none were. */
export function noErrorsText(answer: MetricAnswer | undefined): string {
  const isMeasured = pointsOf(answer, "throughput").some(([, value]) => value !== null);
  return isMeasured ? "no errors in this range" : "no data in this range";
}

export function loadSeries(answer: MetricAnswer | undefined): ChartSeries[] {
  return [
    { key: "ongoing", label: "ongoing", colour: "var(--s1)", area: true, points: pointsOf(answer, "ongoing") },
    { key: "queued", label: "queued", colour: "var(--s3)", area: true, points: pointsOf(answer, "queued") },
  ];
}

export function replicaSeries(answer: MetricAnswer | undefined): ChartSeries[] {
  return [
    { key: "wanted", label: "wanted", colour: "var(--faint)", points: pointsOf(answer, "replicas_wanted") },
    { key: "ready", label: "ready", colour: "var(--s4)", area: true, points: pointsOf(answer, "replicas_ready") },
  ];
}
