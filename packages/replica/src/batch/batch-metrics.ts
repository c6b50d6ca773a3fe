import type { MetricsRegistry } from "@sluice/observability";
import type { BatchReport, ObservedQueue } from "@sluice/sdk/host";

/** Ray Serve's buckets, so that its boards read the same. */
const latencyBucketsMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, 1_000, 2_000, 5_000, 10_000, 60_000, 120_000, 300_000, 600_000,
];
const percentBuckets = [5, 10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99, 100];
const sizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024];
const labels = ["function_name"] as const;

/** What counts batches. */
export interface BatchMetrics {
  addQueue(queue: ObservedQueue): void;
  count(functionName: string, report: BatchReport): void;
}

/** Registers the metrics of batching under Ray Serve's names; the reason of a release is Sluice's own. */
export function registerBatchMetrics(metrics: MetricsRegistry): BatchMetrics {
  const queues = new Set<ObservedQueue>();
  const wait = metrics.histogram({
    name: "ray_serve_batch_wait_time_ms",
    help: "Time the first item of a batch waited until it was released.",
    labels,
    buckets: latencyBucketsMs,
  });
  const execution = metrics.histogram({
    name: "ray_serve_batch_execution_time_ms",
    help: "Time the batched function took for a batch.",
    labels,
    buckets: latencyBucketsMs,
  });
  const utilization = metrics.histogram({
    name: "ray_serve_batch_utilization_percent",
    help: "Size of a batch in percent of the largest allowed.",
    labels,
    buckets: percentBuckets,
  });
  const size = metrics.histogram({
    name: "ray_serve_actual_batch_size",
    help: "Size of a batch: items, or what batchSizeFn measured.",
    labels,
    buckets: sizeBuckets,
  });
  const processed = metrics.counter({ name: "ray_serve_batches_processed_total", help: "Batches that ran.", labels });
  const released = metrics.counter({
    name: "sluice_batch_releases_total",
    help: "Batches by the reason for which they were released: full, timeout, idle, target.",
    labels: ["function_name", "reason"],
  });
  const length = metrics.gauge({
    name: "ray_serve_batch_queue_length",
    help: "Items that wait for a batch.",
    labels,
    collect: () => {
      length.reset();
      for (const queue of queues) length.inc({ function_name: queue.name }, queue.waiting());
    },
  });
  return {
    addQueue: (queue) => void queues.add(queue),
    count: (functionName, report) => {
      const labelled = { function_name: functionName };
      wait.observe(labelled, report.waitsMs[0] ?? 0);
      execution.observe(labelled, report.tookMs);
      utilization.observe(labelled, (report.size / report.limit) * 100);
      size.observe(labelled, report.size);
      processed.inc(labelled);
      released.inc({ ...labelled, reason: report.reason });
    },
  };
}
