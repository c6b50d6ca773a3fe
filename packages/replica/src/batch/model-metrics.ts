import type { MetricsRegistry } from "@sluice/observability";
import type { ModelObserver } from "@sluice/sdk/host";

/** Ray Serve's buckets. */
const latencyBucketsMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 300, 400, 500, 1_000, 2_000, 5_000, 10_000, 60_000, 120_000, 300_000, 600_000,
];

/** Registers the metrics of multiplexed models under Ray Serve's names. */
export function registerModelMetrics(metrics: MetricsRegistry): ModelObserver {
  const loading = metrics.histogram({
    name: "ray_serve_multiplexed_model_load_latency_ms",
    help: "Time a model took to load.",
    buckets: latencyBucketsMs,
  });
  const unloading = metrics.histogram({
    name: "ray_serve_multiplexed_model_unload_latency_ms",
    help: "Time a model took to be released.",
    buckets: latencyBucketsMs,
  });
  const loads = metrics.counter({ name: "ray_serve_multiplexed_models_load_counter_total", help: "Models loaded." });
  const unloads = metrics.counter({
    name: "ray_serve_multiplexed_models_unload_counter_total",
    help: "Models unloaded.",
  });
  const gets = metrics.counter({
    name: "ray_serve_multiplexed_get_model_requests_counter_total",
    help: "Times a model was asked for.",
  });
  const held = metrics.gauge({ name: "ray_serve_num_multiplexed_models", help: "Models held." });
  const registered = metrics.gauge({
    name: "ray_serve_registered_multiplexed_model_id",
    help: "1 for each model held.",
    labels: ["model_id"],
  });
  return {
    onModels: (modelIds) => {
      held.set(modelIds.length);
      registered.reset();
      for (const modelId of modelIds) registered.set({ model_id: modelId }, 1);
    },
    onGet: () => gets.inc(),
    onLoaded: (tookMs) => {
      loads.inc();
      loading.observe(tookMs);
    },
    onUnloaded: (tookMs) => {
      unloads.inc();
      unloading.observe(tookMs);
    },
  };
}
