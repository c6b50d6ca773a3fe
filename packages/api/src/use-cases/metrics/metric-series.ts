/** From stored metric points to the series and totals of an answer. Pure. */
import { metricUnits, windowMs } from "@sluice/contracts";
import type { MetricAnswer, MetricName, MetricSeries } from "@sluice/contracts";
import type { MetricPoint } from "@sluice/db";
import { buildSeries, combineParts } from "@sluice/domain";
import type { ChartPoint, CombinedWindow, ReporterPart } from "@sluice/domain";

export interface MetricGroup {
  readonly labels: Readonly<Record<string, string>>;
  readonly windows: readonly CombinedWindow[];
}

export interface ChartRange {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly nowMs: number;
  /** What all groups of the picture cover together, see `coverageOf`. */
  readonly coverage?: ReadonlyMap<number, number>;
}

/** Metrics that come from stored windows, and which part of a chart point they show. */
const valueOf: Readonly<Partial<Record<MetricName, (point: ChartPoint) => number | null>>> = {
  throughput: (point) => point.ratePerS,
  error_rate: (point) => (point.errorShare === null ? null : point.errorShare * 100),
  latency_p50: (point) => point.p50Ms,
  latency_p95: (point) => point.p95Ms,
  latency_p99: (point) => point.p99Ms,
  ongoing: (point) => point.ongoingMean,
  queued: (point) => point.queuedMean,
  replicas_wanted: (point) => point.replicasWanted,
  replicas_ready: (point) => point.replicasReady,
};

export function groupPoints(points: readonly MetricPoint[], groupBy: "revision" | "none"): MetricGroup[] {
  const groups = new Map<string, CombinedWindow[]>();
  if (groupBy === "none") groups.set("", []);
  for (const point of points) {
    const name = groupBy === "revision" ? String(point.key.revision) : "";
    const windows = groups.get(name) ?? [];
    windows.push(combineParts(point.windowStartMs, reporterPartsOf(point)));
    groups.set(name, windows);
  }
  return [...groups]
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([name, windows]) => ({ labels: name === "" ? {} : { revision: name }, windows }));
}

/** Parts are stored under `reporter/incarnation`; a reporter's name may hold slashes, an incarnation does not. */
function reporterPartsOf(point: MetricPoint): ReporterPart[] {
  return Object.entries(point.parts).map(([life, part]) => {
    const cut = life.lastIndexOf("/");
    return { ...part, reporter: life.slice(0, cut), incarnation: life.slice(cut + 1) };
  });
}

/** Points of a group for all metrics at once. */
export function chartOf(group: MetricGroup, range: ChartRange): ChartPoint[] {
  return buildSeries({ windows: group.windows, ...range, windowMs });
}

export function seriesOf(metric: MetricName, group: MetricGroup, points: readonly ChartPoint[]): MetricSeries[] {
  const unit = metricUnits[metric];
  if (metric === "errors") {
    return errorCodesOf(group).map((code) => ({
      metric,
      unit,
      labels: { ...group.labels, code },
      points: points.map((point) => [point.atMs, rateOfCode(point, code)]),
    }));
  }
  const pick = valueOf[metric];
  if (pick === undefined) return [];
  return [{ metric, unit, labels: { ...group.labels }, points: points.map((point) => [point.atMs, pick(point)]) }];
}

/** The figure over the whole range: a percentile of all requests, not a mean of percentiles. */
export function totalsOf(metric: MetricName, group: MetricGroup, whole: ChartPoint | null): MetricAnswer["totals"] {
  const count = whole?.requests ?? 0;
  if (metric === "errors") {
    return errorCodesOf(group).map((code) => {
      const value = whole === null ? null : rateOfCode(whole, code);
      const errors = group.windows.reduce((sum, window) => sum + (window.statusCounts[code] ?? 0), 0);
      return { metric, labels: { ...group.labels, code }, value, count: errors };
    });
  }
  const pick = valueOf[metric];
  if (pick === undefined) return [];
  return [{ metric, labels: { ...group.labels }, value: whole === null ? null : pick(whole), count }];
}

/** One step that is longer than all of time so far, so that every window falls into it. */
export function wholeRangeOf(group: MetricGroup, coverage?: ReadonlyMap<number, number>): ChartPoint | null {
  const newestMs = Math.max(0, ...group.windows.map((window) => window.windowStartMs), ...(coverage?.keys() ?? []));
  const stepMs = newestMs + windowMs;
  const [point] = buildSeries({
    windows: group.windows,
    fromMs: 0,
    toMs: 1,
    stepMs,
    windowMs,
    nowMs: stepMs,
    ...(coverage === undefined ? {} : { coverage }),
  });
  return point ?? null;
}

/** Codes 4xx and 5xx that occur, ascending. */
function errorCodesOf(group: MetricGroup): string[] {
  const codes = new Set(group.windows.flatMap((window) => Object.keys(window.statusCounts)));
  return [...codes].filter((code) => /^[45]/.test(code)).sort();
}

/** A code that did not occur while others were answered is zero; without any data it is a gap. */
function rateOfCode(point: ChartPoint, code: string): number | null {
  return point.ratePerSByStatus === null ? null : (point.ratePerSByStatus[code] ?? 0);
}

/** End of the newest covered moment; null without data. */
export function newestMsOf(groups: readonly MetricGroup[]): number | null {
  const ends = groups.flatMap((group) => group.windows.map((window) => window.windowStartMs + window.coveredMs));
  return ends.length === 0 ? null : Math.max(...ends);
}
