import type { PackedHistogram } from "@sluice/contracts";

const growth = Math.log(1.04);

/** Latencies of one series in one window: sparse log buckets that merge exactly with all others. */
export class LatencyHistogram {
  #count = 0;
  #sumMs = 0;
  readonly #buckets = new Map<number, number>();

  record(latencyMs: number): void {
    const valueMs = latencyMs > 0 ? latencyMs : 0;
    const index = Math.ceil(Math.log(Math.max(valueMs, 0.001)) / growth);
    this.#count += 1;
    this.#sumMs += valueMs;
    this.#buckets.set(index, (this.#buckets.get(index) ?? 0) + 1);
  }

  pack(): PackedHistogram {
    return { count: this.#count, sumMs: this.#sumMs, buckets: [...this.#buckets].sort(([a], [b]) => a - b) };
  }

  clear(): void {
    this.#count = 0;
    this.#sumMs = 0;
    this.#buckets.clear();
  }
}
