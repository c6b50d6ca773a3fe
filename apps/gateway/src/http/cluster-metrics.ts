/** The exposition of `/-/metrics`: that of this gateway, and what the controller reads of all replicas. */
import { controllerPaths } from "@sluice/contracts";
import { mergeExpositions } from "@sluice/observability";

export interface ClusterMetricsOptions {
  /** Of the controller that leads, as far as is known. */
  readonly controllerUrl: () => string;
  readonly secret: string;
  /** The exposition of this gateway, of all its processes when there are several. */
  readonly readOwn: () => Promise<{ readonly contentType: string; readonly body: string }>;
  readonly now: () => number;
}

/** Longer than the controller waits for its agents, shorter than scrapers wait. */
const answerTimeoutMs = 3_000;
const keptMs = 1_000;

/**
 * One scrape shows all: without a controller that leads, the gateway's own. `sluice_cluster_metrics_up` tells which. Nothing
 * older than two seconds is shown: one is kept here, one at the controller.
 */
export class ClusterMetrics {
  readonly #options: ClusterMetricsOptions;
  #latest: { readonly text: Promise<string | null>; readonly askedMs: number } | undefined;

  constructor(options: ClusterMetricsOptions) {
    this.#options = options;
  }

  async read(): Promise<{ readonly contentType: string; readonly body: string }> {
    const [{ contentType, body }, cluster] = await Promise.all([this.#options.readOwn(), this.#readCluster()]);
    const up = `# HELP sluice_cluster_metrics_up 1 while the controller's and the replicas' metrics are part of this answer.
# TYPE sluice_cluster_metrics_up gauge
sluice_cluster_metrics_up ${cluster === null ? 0 : 1}
`;
    return { contentType, body: mergeExpositions([body, up, cluster ?? ""]) };
  }

  #readCluster(): Promise<string | null> {
    const nowMs = this.#options.now();
    if (this.#latest === undefined || nowMs - this.#latest.askedMs > keptMs) {
      this.#latest = { text: this.#ask(), askedMs: nowMs };
    }
    return this.#latest.text;
  }

  async #ask(): Promise<string | null> {
    const { controllerUrl, secret } = this.#options;
    try {
      const answer = await fetch(new URL(controllerPaths.metrics, controllerUrl()), {
        headers: { authorization: `Bearer ${secret}` },
        signal: AbortSignal.timeout(answerTimeoutMs),
      });
      return answer.ok ? await answer.text() : null;
    } catch {
      // Down, standing by, or too slow: `sluice_cluster_metrics_up` says so to whoever reads.
      return null;
    }
  }
}
