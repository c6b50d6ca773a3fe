import { memberName } from "@sluice/contracts";
import type { HostLaunch } from "@sluice/contracts";
import { createRegistry } from "@sluice/observability";
import type { Logger, MetricsRegistry } from "@sluice/observability";
import { observeBatches, observeModels, provideRequestJoiner } from "@sluice/sdk/host";
import type { ModelObserver, ObservedQueue } from "@sluice/sdk/host";
import { registerBatchMetrics } from "./batch-metrics.ts";
import type { BatchMetrics } from "./batch-metrics.ts";
import { joinHostedRequests } from "./joined-request.ts";
import { limitWarning, modelLimitWarning } from "./limit-warning.ts";
import { metricsSocketPath, serveMetrics } from "./metrics-socket.ts";
import { registerModelMetrics } from "./model-metrics.ts";

export interface ReplicaInsightOptions {
  readonly launch: HostLaunch;
  readonly logger: Logger;
  /** The limit in force. */
  readonly maxOngoingRequests: () => number;
}

/**
 * Hears of the batches and models of user code, counts them, and serves the counts. A replica that has neither makes no
 * registry and no socket.
 */
export class ReplicaInsight {
  readonly #options: ReplicaInsightOptions;
  readonly #warned = new Map<ObservedQueue, string>();
  readonly #queues = new Set<ObservedQueue>();
  #registry: MetricsRegistry | undefined;
  #batches: BatchMetrics | undefined;
  #models: ModelObserver | undefined;
  #modelIds: readonly string[] = [];
  #announce: (modelIds: readonly string[]) => void = () => undefined;
  #close: Promise<() => Promise<void>> | undefined;

  constructor(options: ReplicaInsightOptions) {
    this.#options = options;
  }

  /** Before user code is imported. */
  start(): void {
    provideRequestJoiner(joinHostedRequests);
    observeBatches({
      onQueue: (queue) => {
        this.#queues.add(queue);
        this.#batchMetrics().addQueue(queue);
        this.#warn(queue);
      },
      onBatch: (queue, report) => this.#batchMetrics().count(queue.name, report),
    });
    observeModels({
      onModels: (modelIds) => {
        this.#modelMetrics().onModels(modelIds);
        this.#modelIds = modelIds;
        this.#announce(modelIds);
      },
      onGet: () => this.#modelMetrics().onGet(),
      onLoaded: (tookMs) => this.#modelMetrics().onLoaded(tookMs),
      onUnloaded: (tookMs) => this.#modelMetrics().onUnloaded(tookMs),
    });
  }

  /** Routers are to know which models this replica holds: those held now, and each change. */
  announceTo(announce: (modelIds: readonly string[]) => void): void {
    this.#announce = announce;
    if (this.#modelIds.length > 0) announce(this.#modelIds);
  }

  /** The limits changed. */
  checkLimits(): void {
    for (const queue of this.#queues) this.#warn(queue);
  }

  async close(): Promise<void> {
    await (
      await this.#close
    )?.();
  }

  #warn(queue: ObservedQueue): void {
    const { launch, logger, maxOngoingRequests } = this.#options;
    const warning =
      launch.runtime === "onnx"
        ? modelLimitWarning(launch.deployment, queue.settings.maxBatchSize, maxOngoingRequests())
        : limitWarning(queue.name, queue.settings, maxOngoingRequests());
    if (warning !== undefined && this.#warned.get(queue) !== warning) logger.warn(warning);
    this.#warned.set(queue, warning ?? "");
  }

  #batchMetrics(): BatchMetrics {
    return (this.#batches ??= registerBatchMetrics(this.#metrics()));
  }

  #modelMetrics(): ModelObserver {
    return (this.#models ??= registerModelMetrics(this.#metrics()));
  }

  #metrics(): MetricsRegistry {
    if (this.#registry !== undefined) return this.#registry;
    const { launch, logger } = this.#options;
    const metrics = createRegistry({ defaultMetrics: false });
    const { application, deployment } = launch;
    metrics.registry.setDefaultLabels({ application, deployment, replica: memberName(launch) });
    this.#registry = metrics;
    this.#close = serveMetrics(metricsSocketPath(launch), metrics).catch((error: unknown) => {
      logger.error({ err: error }, "metrics cannot be read from outside");
      return () => Promise.resolve();
    });
    return metrics;
  }
}
