import type { SeriesKey, WindowTotals } from "@sluice/contracts";
import { createHistogram, packHistogram, recordDuration } from "@sluice/domain";
import { TimeWeightedGauge } from "./time-weighted-gauge.ts";

/** What the hot path holds: numbers in, nothing allocated once the status code was seen. */
export interface SeriesRecorder {
  /** One finished request. Codes outside 100..599 count as 500. */
  record(statusCode: number, latencyMs: number): void;
  /** Requests running changed by `delta`. */
  ongoing(delta: number): void;
  /** Requests waiting changed by `delta`. */
  queued(delta: number): void;
  retry(): void;
}

const codeLimit = 600;

/** Totals of one series in the open window. `advance` cuts windows that ended and returns the time to record at. */
export class Series implements SeriesRecorder {
  readonly key: SeriesKey;
  /** False once it was idle for long: it is not reported until something happens again. */
  isReported = true;
  #idleWindows = 0;
  #retries = 0;
  #events = 0;
  readonly #codeCounts = new Float64Array(codeLimit);
  readonly #codesSeen: number[] = [];
  readonly #latency = createHistogram();
  readonly #ongoing: TimeWeightedGauge;
  readonly #queued: TimeWeightedGauge;
  readonly #advance: () => number;

  constructor(key: SeriesKey, windowStartMs: number, advance: () => number) {
    this.key = key;
    this.#ongoing = new TimeWeightedGauge(windowStartMs);
    this.#queued = new TimeWeightedGauge(windowStartMs);
    this.#advance = advance;
  }

  record(statusCode: number, latencyMs: number): void {
    this.#wake();
    const code = statusCode >= 100 && statusCode < codeLimit ? statusCode | 0 : 500;
    const count = this.#codeCounts[code] ?? 0;
    if (count === 0) this.#codesSeen.push(code);
    this.#codeCounts[code] = count + 1;
    recordDuration(this.#latency, latencyMs);
  }

  ongoing(delta: number): void {
    this.#ongoing.add(delta, this.#wake());
  }

  queued(delta: number): void {
    this.#queued.add(delta, this.#wake());
  }

  retry(): void {
    this.#wake();
    this.#retries += 1;
  }

  totals(windowStartMs: number, nowMs: number): WindowTotals {
    const statusCounts: Record<string, number> = {};
    for (const code of this.#codesSeen) statusCounts[code] = this.#codeCounts[code] ?? 0;
    return {
      key: this.key,
      statusCounts,
      latency: packHistogram(this.#latency),
      ongoingMean: this.#ongoing.mean(windowStartMs, nowMs),
      ongoingMax: this.#ongoing.max,
      queuedMean: this.#queued.mean(windowStartMs, nowMs),
      queuedMax: this.#queued.max,
      retries: this.#retries,
    };
  }

  /** Begins the next window; after `maxIdleWindows` windows without any event the series rests. */
  restart(windowStartMs: number, maxIdleWindows: number): void {
    const isIdle = this.#events === 0 && this.#ongoing.level === 0 && this.#queued.level === 0;
    this.#idleWindows = isIdle ? this.#idleWindows + 1 : 0;
    this.isReported = !isIdle || this.#idleWindows < maxIdleWindows;
    this.#events = 0;
    this.#retries = 0;
    for (const code of this.#codesSeen) this.#codeCounts[code] = 0;
    this.#codesSeen.length = 0;
    this.#latency.count = 0;
    this.#latency.sumMs = 0;
    this.#latency.counts.fill(0);
    this.#ongoing.restart(windowStartMs);
    this.#queued.restart(windowStartMs);
  }

  #wake(): number {
    const nowMs = this.#advance();
    this.#events += 1;
    if (!this.isReported) {
      this.isReported = true;
      this.#idleWindows = 0;
    }
    return nowMs;
  }
}
