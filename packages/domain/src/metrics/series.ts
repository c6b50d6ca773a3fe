import { mergePacks, quantileMs } from "./histogram.ts";
import { addCounts } from "./window-merge.ts";
import type { CombinedWindow } from "./window-merge.ts";

export interface SeriesRequest {
  /** Windows of all series that are drawn as one line, in any order; several may have the same start (variants, say). */
  readonly windows: readonly CombinedWindow[];
  readonly fromMs: number;
  readonly toMs: number;
  /** Distance of points; raised to the next multiple of `windowMs`. */
  readonly stepMs: number;
  readonly windowMs: number;
  readonly nowMs: number;
  /**
   * Start of a window -> milliseconds of it that any series of the picture covers. Rates are divided by it, so that the rates
   * of parts add up to the rate of the whole although a part may have begun later. Absent: the windows' own cover.
   */
  readonly coverage?: ReadonlyMap<number, number>;
}

/** Milliseconds of each window that these windows cover, side by side. */
export function coverageOf(windows: readonly CombinedWindow[]): Map<number, number> {
  const covered = new Map<number, number>();
  for (const { windowStartMs, coveredMs } of windows) {
    covered.set(windowStartMs, Math.max(covered.get(windowStartMs) ?? 0, coveredMs));
  }
  return covered;
}

/** One point of a chart, for the step [atMs, atMs + stepMs). Null where nothing was reported: a gap is not zero. */
export interface ChartPoint {
  readonly atMs: number;
  readonly requests: number | null;
  /** Requests per second of covered time. */
  readonly ratePerS: number | null;
  readonly ratePerSByStatus: Readonly<Record<string, number>> | null;
  /** Share of 5xx answers among all, 0..1; null without requests. */
  readonly errorShare: number | null;
  /** Per second of covered time, status 5xx. */
  readonly errorsPerS: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  readonly ongoingMean: number | null;
  readonly ongoingMax: number | null;
  readonly queuedMean: number | null;
  readonly queuedMax: number | null;
  readonly retries: number | null;
  /** Counts of the newest window of the step. */
  readonly replicasWanted: number | null;
  readonly replicasReady: number | null;
  /** Milliseconds of the step that reports cover. */
  readonly coveredMs: number;
  /** True while the step, or its newest window, is still being filled: it will change. */
  readonly partial: boolean;
}

/** Chart points from stored windows: rates from covered time, percentiles from merged histograms, gaps kept. */
export function buildSeries(request: SeriesRequest): ChartPoint[] {
  const stepMs = alignStep(request.stepMs, request.windowMs);
  const firstMs = Math.floor(request.fromMs / stepMs) * stepMs;
  const steps = new Map<number, CombinedWindow[]>();
  for (const window of request.windows) {
    const atMs = Math.floor(window.windowStartMs / stepMs) * stepMs;
    const known = steps.get(atMs);
    if (known === undefined) steps.set(atMs, [window]);
    else known.push(window);
  }
  const points: ChartPoint[] = [];
  for (let atMs = firstMs; atMs < request.toMs; atMs += stepMs) {
    const windows = steps.get(atMs) ?? [];
    const own = coverageOf(windows);
    const coverage = request.coverage ?? own;
    let rateMs = 0;
    for (const [startMs, ms] of coverage) if (startMs >= atMs && startMs < atMs + stepMs) rateMs += ms;
    points.push(pointOf(atMs, windows, { ownMs: total(own.values()), rateMs }, atMs + stepMs > request.nowMs));
  }
  return points;
}

/** The smallest multiple of the window that is not below the wanted step. */
export function alignStep(stepMs: number, windowMs: number): number {
  return Math.max(1, Math.ceil(stepMs / windowMs)) * windowMs;
}

function pointOf(
  atMs: number,
  windows: readonly CombinedWindow[],
  { ownMs: coveredMs, rateMs }: { readonly ownMs: number; readonly rateMs: number },
  stillOpen: boolean,
): ChartPoint {
  if (coveredMs === 0) return gapAt(atMs, stillOpen);
  const statusCounts = addCounts(windows.map((window) => window.statusCounts));
  const requests = Object.values(statusCounts).reduce((sum, count) => sum + count, 0);
  const errors = Object.entries(statusCounts).reduce((sum, [code, n]) => (code.startsWith("5") ? sum + n : sum), 0);
  const perS = (count: number): number => (count * 1000) / rateMs;
  const latency = mergePacks(windows.map((window) => window.latency));
  const mean = (pick: (window: CombinedWindow) => number): number =>
    windows.reduce((sum, window) => sum + pick(window) * window.coveredMs, 0) / coveredMs;
  return {
    atMs,
    requests,
    ratePerS: perS(requests),
    ratePerSByStatus: Object.fromEntries(Object.entries(statusCounts).map(([code, n]) => [code, perS(n)])),
    errorShare: requests === 0 ? null : errors / requests,
    errorsPerS: perS(errors),
    p50Ms: quantileMs(latency, 0.5),
    p95Ms: quantileMs(latency, 0.95),
    p99Ms: quantileMs(latency, 0.99),
    ongoingMean: mean((window) => window.ongoingMean),
    ongoingMax: peak(windows, (window) => window.ongoingMax),
    queuedMean: mean((window) => window.queuedMean),
    queuedMax: peak(windows, (window) => window.queuedMax),
    retries: windows.reduce((sum, window) => sum + window.retries, 0),
    ...newestReplicaCounts(windows),
    coveredMs,
    partial: stillOpen,
  };
}

function total(values: Iterable<number>): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

/** Summed over the series that have counts in the newest window that has any. */
function newestReplicaCounts(windows: readonly CombinedWindow[]): Pick<ChartPoint, "replicasWanted" | "replicasReady"> {
  const counted = windows.filter((window) => window.replicas !== undefined);
  if (counted.length === 0) return { replicasWanted: null, replicasReady: null };
  const newestMs = Math.max(...counted.map((window) => window.windowStartMs));
  const newest = counted.filter((window) => window.windowStartMs === newestMs);
  return {
    replicasWanted: newest.reduce((sum, window) => sum + (window.replicas?.wanted ?? 0), 0),
    replicasReady: newest.reduce((sum, window) => sum + (window.replicas?.ready ?? 0), 0),
  };
}

/** Highest of the sums over series that share a window. */
function peak(windows: readonly CombinedWindow[], pick: (window: CombinedWindow) => number): number {
  const sums = new Map<number, number>();
  for (const window of windows) sums.set(window.windowStartMs, (sums.get(window.windowStartMs) ?? 0) + pick(window));
  return Math.max(0, ...sums.values());
}

function gapAt(atMs: number, partial: boolean): ChartPoint {
  return {
    atMs,
    requests: null,
    ratePerS: null,
    ratePerSByStatus: null,
    errorShare: null,
    errorsPerS: null,
    p50Ms: null,
    p95Ms: null,
    p99Ms: null,
    ongoingMean: null,
    ongoingMax: null,
    queuedMean: null,
    queuedMax: null,
    retries: null,
    replicasWanted: null,
    replicasReady: null,
    coveredMs: 0,
    partial,
  };
}
