import { z } from "zod";

/** Length of a window in milliseconds. Windows are clock-aligned: start % 10 000 == 0. */
export const windowMs = 10_000;

/** Sparse log-bucket histogram: pairs (bucket index, count), see domain/metrics/histogram. */
export const PackedHistogram = z.object({
  count: z.number().nonnegative(),
  /** Sum of the values in milliseconds. */
  sumMs: z.number().nonnegative(),
  buckets: z.array(z.tuple([z.int(), z.number().nonnegative()])),
});
export type PackedHistogram = z.infer<typeof PackedHistogram>;

/** Series key. `deployment` "" is the application as seen at the gateway. Labels come from the system only, so they are bounded. */
export const SeriesKey = z.object({
  application: z.string(),
  deployment: z.string(),
  /** 0 when no revision was chosen. */
  revision: z.int(),
  variant: z.string(),
});
export type SeriesKey = z.infer<typeof SeriesKey>;

/** Totals of one series in one window, so far. A resend replaces what was sent before. */
export const WindowTotals = z.object({
  key: SeriesKey,
  /** Requests by HTTP status class or exact code, e.g. {"200": 12, "503": 1}. */
  statusCounts: z.record(z.string(), z.number().nonnegative()),
  latency: PackedHistogram,
  /** Time-weighted means over the covered part of the window. */
  ongoingMean: z.number().nonnegative(),
  ongoingMax: z.number().nonnegative(),
  queuedMean: z.number().nonnegative(),
  queuedMax: z.number().nonnegative(),
  retries: z.number().nonnegative(),
  /** Replica counts, in series of `replicaCountVariant` only. */
  replicas: z.object({ wanted: z.number(), ready: z.number() }).optional(),
});
export type WindowTotals = z.infer<typeof WindowTotals>;

export const MetricWindow = z.object({
  windowStartMs: z.number(),
  /** Milliseconds of the window covered by these totals; windowMs once closed. */
  coveredMs: z.number(),
  /** True once the window is over: only then may it be acknowledged, after the commit. Before, these are totals so far. */
  closed: z.boolean().optional(),
  series: z.array(WindowTotals),
});
export type MetricWindow = z.infer<typeof MetricWindow>;

/** One reporter's report. `incarnation` changes with each process start, so two lives of a reporter never mix. */
export const WindowReport = z.object({
  reporter: z.string(),
  incarnation: z.string(),
  windows: z.array(MetricWindow),
});
export type WindowReport = z.infer<typeof WindowReport>;

/**
 * Variant of the series in which the controller keeps replica counts. It is a series of its own, so that the counts of a
 * controller that lives are never taken for "the gateways saw no request".
 */
export const replicaCountVariant = "#replicas";
