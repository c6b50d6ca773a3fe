import { unknownBatchTime } from "./batch-time.ts";
import type { BatchTime } from "./batch-time.ts";

/** One waiting item. */
export interface Waiting<T> {
  readonly item: T;
  readonly addedAtMs: number;
  readonly deadlineAtMs: number;
}

/** The longest run of waiting items, oldest first, that fits into one batch. */
export interface Fit {
  readonly count: number;
  readonly size: number;
  /** Nothing more fits. */
  readonly isFull: boolean;
}

/** How large some items are together. */
export type SizeOf<T> = (items: readonly T[]) => number;

const nothing: Fit = { count: 0, size: 0, isFull: false };
/** Weight of the newest gap in the typical one. */
const gapWeight = 0.1;
/** The peak covers between one and two such periods. */
const peakBatches = 16;

/** What waits for one group, oldest first, with what was learnt about its arrivals and its batches. */
export class BatchLane<T> {
  readonly group: string;
  readonly waiting: Waiting<T>[] = [];
  time: BatchTime = unknownBatchTime;
  gapMs = Infinity;
  lastArrivalMs = -Infinity;
  running = 0;
  readonly #sizeOf: SizeOf<T> | undefined;
  #fit: Fit | undefined;
  #fitMax = 0;
  #peak = 0;
  #peakBefore = 0;
  #batches = 0;

  constructor(group: string, sizeOf: SizeOf<T> | undefined) {
    this.group = group;
    this.#sizeOf = sizeOf;
  }

  get outstanding(): number {
    return this.waiting.length + this.running;
  }

  /** Most items outstanding at a time during the last batches. */
  get peakOutstanding(): number {
    return Math.max(this.#peak, this.#peakBefore);
  }

  push(entry: Waiting<T>): void {
    const gap = entry.addedAtMs - this.lastArrivalMs;
    if (gap !== Infinity) this.gapMs = this.gapMs === Infinity ? gap : this.gapMs + gapWeight * (gap - this.gapMs);
    this.lastArrivalMs = entry.addedAtMs;
    this.waiting.push(entry);
    this.#peak = Math.max(this.#peak, this.outstanding);
    if (this.#fit !== undefined && !this.#fit.isFull) this.#fit = this.#grow(this.#fit, this.#fitMax);
  }

  remove(entry: Waiting<T>): boolean {
    const at = this.waiting.indexOf(entry);
    if (at === -1) return false;
    this.waiting.splice(at, 1);
    this.#fit = undefined;
    return true;
  }

  /** FIFO is kept: an item that does not fit ends the batch and is the first of the next. */
  fit(maxSize: number): Fit {
    if (this.#fit === undefined || this.#fitMax !== maxSize) {
      this.#fit = this.#grow(nothing, maxSize);
      this.#fitMax = maxSize;
    }
    return this.#fit;
  }

  /** Takes the oldest items whose size together is at most `size`; at least one. */
  take(size: number): Waiting<T>[] {
    const { count } = this.#grow(nothing, size);
    this.#fit = undefined;
    return this.waiting.splice(0, count);
  }

  /** Number of items that a batch of this size would take. */
  countWithin(size: number): number {
    return this.#grow(nothing, size).count;
  }

  noteBatch(): void {
    this.#batches += 1;
    if (this.#batches % peakBatches !== 0) return;
    this.#peakBefore = this.#peak;
    this.#peak = this.outstanding;
  }

  /** A first item over the limit goes alone: refusing it was the business of whoever took it in. */
  #grow(from: Fit, maxSize: number): Fit {
    if (this.#sizeOf === undefined) {
      const count = Math.min(this.waiting.length, Math.max(1, Math.floor(maxSize)));
      return { count, size: count, isFull: count >= maxSize };
    }
    let { count, size } = from;
    for (; count < this.waiting.length; count += 1) {
      const more = this.#sizeOf(this.waiting.slice(0, count + 1).map(({ item }) => item));
      if (count > 0 && more > maxSize) return { count, size, isFull: true };
      size = more;
    }
    return { count, size, isFull: size >= maxSize };
  }
}
