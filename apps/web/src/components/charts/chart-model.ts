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

/** Newest measured value; null when nothing was measured. A trailing gap of more than two steps is "no data". */
export function latestOf(points: readonly (readonly [number, number | null])[]): number | null {
  for (let back = 1; back <= Math.min(3, points.length); back += 1) {
    const value = points[points.length - back]?.[1];
    if (value !== null && value !== undefined) return value;
  }
  return null;
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

/** A round upper end for an axis from zero with three equal intervals: 1, 1.5, 2, 3, 4.5, 6 or 9 times a power of ten. */
export function axisTop(series: readonly ChartSeries[], whole = false): number {
  const largest = Math.max(0, ...series.flatMap((one) => one.points.map(([, value]) => value ?? 0)));
  if (largest === 0) return whole ? 3 : 1;
  const wanted = largest * 1.06;
  const power = 10 ** Math.floor(Math.log10(wanted));
  const top =
    [1, 1.5, 2, 3, 4.5, 6, 9, 12].map((step) => step * power).find((candidate) => candidate >= wanted) ?? wanted;
  return whole ? Math.max(3, Math.ceil(top / 3) * 3) : top;
}

/** The four tick values of an axis that ends at `top`. */
export function axisTicks(top: number): number[] {
  return [0, top / 3, (2 * top) / 3, top];
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
