/**
 * A level over time. The mean of a window is the area under the level divided by the covered time, so a level of 10 for
 * one second of ten counts 1, however many changes were recorded.
 */
export class TimeWeightedGauge {
  #level = 0;
  #max = 0;
  /** Level x milliseconds since the window began. */
  #area = 0;
  #changedMs: number;

  constructor(nowMs: number) {
    this.#changedMs = nowMs;
  }

  get level(): number {
    return this.#level;
  }

  get max(): number {
    return this.#max;
  }

  add(delta: number, nowMs: number): void {
    this.#accumulate(nowMs);
    // A release without its acquire is a bug elsewhere; a level below zero would hide real load for ever.
    this.#level = Math.max(0, this.#level + delta);
    if (this.#level > this.#max) this.#max = this.#level;
  }

  /** Mean from the window's start to now. */
  mean(startMs: number, nowMs: number): number {
    const coveredMs = nowMs - startMs;
    if (coveredMs <= 0) return this.#level;
    return (this.#area + this.#level * Math.max(0, nowMs - this.#changedMs)) / coveredMs;
  }

  /** Begins a window: the level goes on, area and maximum start from it. */
  restart(startMs: number): void {
    this.#area = 0;
    this.#max = this.#level;
    this.#changedMs = startMs;
  }

  #accumulate(nowMs: number): void {
    if (nowMs <= this.#changedMs) return;
    this.#area += this.#level * (nowMs - this.#changedMs);
    this.#changedMs = nowMs;
  }
}
