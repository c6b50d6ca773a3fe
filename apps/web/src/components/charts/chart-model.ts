/** From a metrics answer to what a chart draws. Pure. */
import type { MetricAnswer, MetricName } from "@sluice/contracts";

export interface ChartSeries {
  /** Unique within a chart; also the key of its values in a row. */
  readonly key: string;
  readonly label: string;
  /** CSS colour from a token. */
  readonly colour: string;
  /** Area under the line; for single quantities only. */
  readonly area?: boolean;
  readonly points: readonly (readonly [number, number | null])[];
}

export interface ChartRow {
  readonly at: number;
  readonly [series: string]: number | null;
}

/** One row per moment, all series side by side. A moment that a series lacks is null: a gap, never zero. */
export function toRows(series: readonly ChartSeries[]): ChartRow[] {
  const moments = [...new Set(series.flatMap((one) => one.points.map(([at]) => at)))].sort(
    (left, right) => left - right,
  );
  const maps = series.map((one) => ({ key: one.key, values: new Map(one.points) }));
  return moments.map((at) => {
    const row: Record<string, number | null> = {};
    for (const { key, values } of maps) row[key] = values.get(at) ?? null;
    return { ...row, at };
  });
}

/** Points of one metric (and labels) in an answer; empty when it has none. */
export function pointsOf(
  answer: MetricAnswer | undefined,
  metric: MetricName,
  labels: Readonly<Record<string, string>> = {},
): readonly (readonly [number, number | null])[] {
  const found = answer?.series.find(
    (series) =>
      series.metric === metric && Object.entries(labels).every(([key, value]) => series.labels[key] === value),
  );
  return found?.points ?? [];
}

/**
 * Newest measured value: of the window that is still open, or of the one before while nothing was reported for it yet.
 * Older than that is "no data".
 */
export function latestOf(points: readonly (readonly [number, number | null])[]): number | null {
  return points.at(-1)?.[1] ?? points.at(-2)?.[1] ?? null;
}

/** The moment of the newest window that anything was reported for; figures taken at one moment agree with each other. */
export function newestMoment(points: readonly (readonly [number, number | null])[]): number | null {
  return points.slice(-2).findLast(([, value]) => value !== null)?.[0] ?? null;
}

/** Moments of a series with a gap on both sides: a line would not show them. */
export function isolatedMoments(points: readonly (readonly [number, number | null])[]): ReadonlySet<number> {
  const isGap = (index: number): boolean => (points[index]?.[1] ?? null) === null;
  return new Set(points.flatMap(([at], index) => (!isGap(index) && isGap(index - 1) && isGap(index + 1) ? [at] : [])));
}

/** The total of a metric over the whole range: mean rate, merged percentile, count. */
export function totalOf(
  answer: MetricAnswer | undefined,
  metric: MetricName,
  labels: Readonly<Record<string, string>> = {},
): number | null {
  const found = answer?.totals.find(
    (total) => total.metric === metric && Object.entries(labels).every(([key, value]) => total.labels[key] === value),
  );
  return found?.value ?? null;
}

/** Values a label takes in an answer, e.g. the revisions or status codes that had traffic. */
export function labelValues(answer: MetricAnswer | undefined, metric: MetricName, label: string): string[] {
  const values = (answer?.series ?? [])
    .filter((series) => series.metric === metric)
    .map((series) => series.labels[label]);
  return [...new Set(values.filter((value) => value !== undefined))].sort((left, right) =>
    left.localeCompare(right, "en", { numeric: true }),
  );
}

const roundSteps = [1, 2, 2.5, 5, 10] as const;

/** Ticks of an axis from zero: at most four equal intervals of 1, 2, 2.5 or 5 times a power of ten, with room above. */
export function valueTicks(series: readonly ChartSeries[], whole = false): number[] {
  const largest = Math.max(0, ...series.flatMap((one) => one.points.map(([, value]) => value ?? 0)));
  const wanted = largest === 0 ? 1 : largest * 1.06;
  const power = 10 ** Math.floor(Math.log10(wanted / 4));
  const step =
    roundSteps
      .map((round) => round * power)
      .find((candidate) => wanted / candidate <= 4 && (!whole || Number.isInteger(candidate))) ?? Math.ceil(wanted / 4);
  const intervals = Math.max(2, Math.ceil(wanted / step));
  // Multiplied and rounded to the step's own decimals: adding up would show 0.30000000000000004.
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(step)));
  return Array.from({ length: intervals + 1 }, (_tick, index) => Number((index * step).toFixed(decimals)));
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const timeStepsMs = [
  10_000,
  30_000,
  minuteMs,
  2 * minuteMs,
  3 * minuteMs,
  5 * minuteMs,
  10 * minuteMs,
  15 * minuteMs,
  30 * minuteMs,
  hourMs,
  2 * hourMs,
  3 * hourMs,
  6 * hourMs,
  12 * hourMs,
  dayMs,
  2 * dayMs,
  7 * dayMs,
  14 * dayMs,
] as const;

/** Round clock times inside a range, at most six. `zoneOffsetMs` = local time minus UTC, so that days begin at midnight. */
export function timeTicks(fromMs: number, toMs: number, zoneOffsetMs: number): number[] {
  const stepMs = timeStepsMs.find((step) => (toMs - fromMs) / step <= 5) ?? 30 * dayMs;
  const ticks: number[] = [];
  for (let at = Math.ceil((fromMs + zoneOffsetMs) / stepMs) * stepMs - zoneOffsetMs; at <= toMs; at += stepMs)
    ticks.push(at);
  return ticks;
}

/** Value of a series at a moment: the point whose step contains it. */
export function valueAt(series: ChartSeries, atMs: number): number | null {
  return series.points.find(([at]) => at === atMs)?.[1] ?? null;
}

/** The moment with data nearest to `ms`, so that the crosshair snaps to what was measured. */
export function nearestMoment(moments: readonly number[], ms: number): number | undefined {
  let best: number | undefined;
  for (const moment of moments) if (best === undefined || Math.abs(moment - ms) < Math.abs(best - ms)) best = moment;
  return best;
}
