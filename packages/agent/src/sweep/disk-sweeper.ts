import type { Logger } from "@sluice/observability";
import type { BundleCache } from "../bundle/bundle-cache.ts";
import { parseBundleName } from "../bundle/bundle-cache.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import type { SweepLimits } from "./plan-sweep.ts";

export interface DiskSweeperOptions {
  readonly bundles: Pick<BundleCache, "sweep">;
  readonly files: Pick<ReplicaFiles, "sweepLogs">;
  /** Names of the bundles of all replicas that run here or should. */
  readonly assignedBundles: () => readonly string[];
  readonly bundleLimits: SweepLimits;
  readonly logLimits: SweepLimits;
  readonly intervalMs: number;
  readonly logger: Logger;
}

/** Removes, now and then, what replicas have left on this node's disk. */
export class DiskSweeper {
  readonly #options: DiskSweeperOptions;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;

  constructor(options: DiskSweeperOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => {
      this.#running ??= this.#sweep().finally(() => (this.#running = undefined));
    }, this.#options.intervalMs);
    this.#timer.unref();
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #sweep(): Promise<void> {
    const { bundles, files, assignedBundles, bundleLimits, logLimits, logger } = this.#options;
    const isAssigned = (sha256: string): boolean =>
      assignedBundles().some((bundle) => bundle !== "" && parseBundleName(bundle) === sha256);
    try {
      for (const { name, reason } of await bundles.sweep(isAssigned, bundleLimits))
        logger.info({ bundle: name, reason }, "unused bundle removed");
      for (const { name, reason } of await files.sweepLogs(logLimits, Date.now()))
        logger.info({ replicaId: name, reason }, "logs of an ended replica removed");
    } catch (err) {
      logger.warn({ err }, "what is no longer needed could not be removed");
    }
  }
}
