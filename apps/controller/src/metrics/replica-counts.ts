import { replicaCountVariant, windowMs } from "@sluice/contracts";
import type { NewMetricPart } from "@sluice/db";
import { createHistogram, packHistogram } from "@sluice/domain";

export interface PoolCount {
  readonly application: string;
  readonly deployment: string;
  readonly wanted: number;
  readonly ready: number;
}

/** A number that did not change is told once per window: a chart needs no more, and 500 applications are many rows. */
export class CountNews {
  readonly #told = new Map<string, string>();

  pick(parts: readonly NewMetricPart[]): NewMetricPart[] {
    return parts.filter(({ key, windowStartMs, part }) => {
      const name = `${key.application}\n${key.deployment}`;
      const text = JSON.stringify([windowStartMs, part.replicas]);
      if (this.#told.get(name) === text) return false;
      this.#told.set(name, text);
      return true;
    });
  }
}

/** Wanted and ready replicas as metric parts of the window that holds `nowMs`: per deployment, and summed per application. */
export function replicaCountParts(counts: readonly PoolCount[], incarnation: string, nowMs: number): NewMetricPart[] {
  const sums = new Map<string, PoolCount>();
  for (const count of counts) {
    for (const deployment of [count.deployment, ""]) {
      const key = `${count.application}\n${deployment}`;
      const known = sums.get(key);
      sums.set(key, {
        application: count.application,
        deployment,
        wanted: (known?.wanted ?? 0) + count.wanted,
        ready: (known?.ready ?? 0) + count.ready,
      });
    }
  }
  const windowStartMs = Math.floor(nowMs / windowMs) * windowMs;
  return [...sums.values()].map(({ application, deployment, wanted, ready }) => ({
    key: { application, deployment, revision: 0, variant: replicaCountVariant },
    windowStartMs,
    reporter: "controller",
    incarnation,
    part: {
      coveredMs: nowMs - windowStartMs,
      statusCounts: {},
      latency: packHistogram(createHistogram()),
      ongoingMean: 0,
      ongoingMax: 0,
      queuedMean: 0,
      queuedMax: 0,
      retries: 0,
      replicas: { wanted, ready },
    },
  }));
}
