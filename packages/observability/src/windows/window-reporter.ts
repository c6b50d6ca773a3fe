import { windowMs } from "@sluice/contracts";
import type { MetricWindow, SeriesKey, WindowReport } from "@sluice/contracts";
import { Series } from "./series.ts";
import type { SeriesRecorder } from "./series.ts";
import { SeriesTable } from "./series-table.ts";

export interface WindowReporterOptions {
  /** Gateway id or replica id. */
  readonly reporter: string;
  /** Different in each life of the process. */
  readonly incarnation: string;
  /** Wall clock in milliseconds. */
  readonly now?: () => number;
  readonly maxSeries?: number;
  /** Closed windows kept while nobody acknowledges: 360 = one hour. */
  readonly maxPendingWindows?: number;
  /** Closed windows in one report, oldest first. */
  readonly maxWindowsPerReport?: number;
  /** Windows of zeros a series reports after its last event: silence is told apart from a gap for this long. */
  readonly maxIdleWindows?: number;
}

interface PendingWindow {
  readonly window: MetricWindow;
  /** An acknowledgement counts only after the closed totals were sent: before, it is one for totals so far. */
  isSent: boolean;
}

/** Windows a stalled process fills in with the level it held; after a longer jump (sleep, clock) there is a gap. */
const maxFilledWindows = 3;

/**
 * Cuts what happened into clock-aligned windows of 10 s and keeps each closed window until it is acknowledged.
 * Reporting sends totals so far; the receiver replaces what it had for (reporter, incarnation, window).
 */
export class WindowReporter {
  /** What was lost to the bounds, for a counter metric. */
  readonly losses = { windows: 0, series: 0 };
  readonly #options: Required<WindowReporterOptions>;
  readonly #table = new SeriesTable();
  /** Takes the records of series beyond the bound; never reported. */
  readonly #overflow: Series;
  #pending: PendingWindow[] = [];
  #windowStartMs: number;
  /** Start of the covered part: the process's start in its first window, else the window's own. */
  #coveredFromMs: number;
  #nowMs: number;
  readonly #advance = (): number => this.#cutTo(this.#options.now());

  constructor(options: WindowReporterOptions) {
    this.#options = {
      now: Date.now,
      maxSeries: 2_000,
      maxPendingWindows: 360,
      maxWindowsPerReport: 12,
      maxIdleWindows: 30,
      ...options,
    };
    this.#nowMs = this.#options.now();
    this.#windowStartMs = alignedStart(this.#nowMs);
    this.#coveredFromMs = this.#nowMs;
    this.#overflow = new Series(
      { application: "", deployment: "", revision: 0, variant: "" },
      this.#nowMs,
      this.#advance,
    );
  }

  /**
   * The recorder of a key, made on first use. Look it up per request or hold it for the request, not for ever: a series
   * at rest may be forgotten when room is needed.
   */
  series(key: SeriesKey): SeriesRecorder {
    const known = this.#table.get(key);
    if (known !== undefined) return known;
    this.#advance();
    if (this.#table.size >= this.#options.maxSeries && this.#table.removeResting() === 0) {
      this.losses.series += 1;
      return this.#overflow;
    }
    const series = new Series({ ...key }, this.#coveredFromMs, this.#advance);
    this.#table.add(series);
    return series;
  }

  record(key: SeriesKey, statusCode: number, latencyMs: number): void {
    this.series(key).record(statusCode, latencyMs);
  }

  ongoing(key: SeriesKey, delta: number): void {
    this.series(key).ongoing(delta);
  }

  queued(key: SeriesKey, delta: number): void {
    this.series(key).queued(delta);
  }

  retry(key: SeriesKey): void {
    this.series(key).retry();
  }

  /** Closed windows not yet acknowledged, oldest first, then the open one with its totals so far. */
  report(): WindowReport {
    const nowMs = this.#advance();
    const closed = this.#pending.slice(0, this.#options.maxWindowsPerReport);
    for (const pending of closed) pending.isSent = true;
    const open = this.#windowUntil(nowMs, false);
    return {
      reporter: this.#options.reporter,
      incarnation: this.#options.incarnation,
      windows: [...closed.map(({ window }) => window), ...(open.series.length > 0 ? [open] : [])],
    };
  }

  /** The receiver has committed these windows. Unknown and open windows are ignored. */
  acknowledge(windowStartMs: readonly number[]): void {
    const starts = new Set(windowStartMs);
    this.#pending = this.#pending.filter(({ window, isSent }) => !(isSent && starts.has(window.windowStartMs)));
  }

  /** Closed windows waiting for an acknowledgement. */
  get pendingCount(): number {
    return this.#pending.length;
  }

  #cutTo(wallMs: number): number {
    // A clock set back must not reopen a window.
    if (wallMs > this.#nowMs) this.#nowMs = wallMs;
    let filled = 0;
    while (this.#nowMs >= this.#windowStartMs + windowMs) {
      this.#close();
      filled += 1;
      const nextStartMs = this.#windowStartMs + windowMs;
      const isLongJump = filled >= maxFilledWindows && this.#nowMs >= nextStartMs + windowMs;
      this.#begin(isLongJump ? alignedStart(this.#nowMs) : nextStartMs);
    }
    return this.#nowMs;
  }

  #close(): void {
    const window = this.#windowUntil(this.#windowStartMs + windowMs, true);
    if (window.series.length === 0) return;
    this.#pending.push({ window, isSent: false });
    if (this.#pending.length > this.#options.maxPendingWindows) {
      this.#pending.shift();
      this.losses.windows += 1;
    }
  }

  #begin(startMs: number): void {
    this.#windowStartMs = startMs;
    this.#coveredFromMs = startMs;
    for (const series of this.#table.values()) series.restart(startMs, this.#options.maxIdleWindows);
    this.#overflow.restart(startMs, 0);
  }

  #windowUntil(endMs: number, closed: boolean): MetricWindow {
    const series = [];
    for (const one of this.#table.values()) {
      if (one.isReported) series.push(one.totals(this.#coveredFromMs, endMs));
    }
    return { windowStartMs: this.#windowStartMs, coveredMs: Math.max(0, endMs - this.#coveredFromMs), closed, series };
  }
}

function alignedStart(ms: number): number {
  return Math.floor(ms / windowMs) * windowMs;
}
