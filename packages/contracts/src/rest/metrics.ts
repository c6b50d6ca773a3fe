import { z } from "zod";

export const metricNames = [
  /** requests per second */
  "throughput",
  /** requests per second that ended 5xx or 4xx, by code */
  "errors",
  /** share of requests answered 5xx, 0..100 */
  "error_rate",
  /** milliseconds, from merged histograms */
  "latency_p50",
  "latency_p95",
  "latency_p99",
  "ongoing",
  "queued",
  "replicas_wanted",
  "replicas_ready",
] as const;
export const MetricName = z.enum(metricNames);
export type MetricName = z.infer<typeof MetricName>;

export const metricUnits: Readonly<Record<MetricName, string>> = {
  throughput: "req/s",
  errors: "req/s",
  error_rate: "%",
  latency_p50: "ms",
  latency_p95: "ms",
  latency_p99: "ms",
  ongoing: "requests",
  queued: "requests",
  replicas_wanted: "replicas",
  replicas_ready: "replicas",
};

export const MetricQuery = z.object({
  /** One name or several separated by commas. */
  metric: z.string(),
  application: z.string().optional(),
  /** Absent or empty: the application as seen at the gateway. */
  deployment: z.string().optional(),
  group_by: z.enum(["revision", "none"]).default("none"),
  /** ISO time, epoch ms, or relative such as `15m` (= now - 15 min). */
  from: z.string().default("15m"),
  to: z.string().default("now"),
  /** Seconds per point, a multiple of 10; chosen so that at most ~360 points come back when absent. */
  step: z.coerce.number().int().positive().optional(),
});
export type MetricQuery = z.infer<typeof MetricQuery>;

export const MetricSeries = z.object({
  metric: MetricName,
  unit: z.string(),
  /** e.g. {"revision": "2"} or {"code": "503"}; empty for the sum. */
  labels: z.record(z.string(), z.string()),
  /** [epoch ms of the start of the step, value]; null = no data: a gap, never zero. */
  points: z.array(z.tuple([z.number(), z.number().nullable()])),
});
export type MetricSeries = z.infer<typeof MetricSeries>;

export const MetricAnswer = z.object({
  from_ms: z.number(),
  to_ms: z.number(),
  step_s: z.number(),
  series: z.array(MetricSeries),
  /** Totals over the whole range, one entry per (metric, labels): mean rate, merged quantile, count. */
  totals: z.array(
    z.object({
      metric: MetricName,
      labels: z.record(z.string(), z.string()),
      value: z.number().nullable(),
      count: z.number(),
    }),
  ),
  /** Age of the newest data in ms; null when there is none. */
  age_ms: z.number().nullable(),
});
export type MetricAnswer = z.infer<typeof MetricAnswer>;
