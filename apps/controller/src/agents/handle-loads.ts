/** Load that handles inside replicas put on pools: the routers of replicas, beside those of gateways. */
import type { PoolLoad } from "@sluice/contracts";

/** Routers tell their load every 500 ms; one that was silent for three times as long leaves the sum. */
export const silentAfterMs = 1_500;

interface Report {
  readonly atMs: number;
  readonly pools: readonly PoolLoad[];
}

export class HandleLoads {
  readonly #reports = new Map<string, Report>();

  /** The newest word of one router; it replaces the one before. */
  note(router: string, pools: readonly PoolLoad[], atMs: number): void {
    this.#reports.set(router, { atMs, pools });
  }

  /** Sum of the gauges per pool over the routers that are not silent. A pool nobody speaks of is absent, not zero. */
  sum(nowMs: number): Map<string, { queued: number; sent: number }> {
    const sum = new Map<string, { queued: number; sent: number }>();
    for (const [router, { atMs, pools }] of this.#reports) {
      if (nowMs - atMs > silentAfterMs) {
        this.#reports.delete(router);
        continue;
      }
      for (const { poolId, queued, sent } of pools) {
        const known = sum.get(poolId) ?? { queued: 0, sent: 0 };
        sum.set(poolId, { queued: known.queued + queued, sent: known.sent + sent });
      }
    }
    return sum;
  }
}
