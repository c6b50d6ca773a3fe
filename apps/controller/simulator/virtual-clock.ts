/** Time that passes only when it is told to. Between two moments everything that was set off has its turn. */
import type { Clock } from "../src/leader/leader-context.ts";

interface Due {
  readonly atMs: number;
  readonly order: number;
  readonly work: () => void;
  isTakenBack: boolean;
}

export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  /** Binary heap by (time, order). */
  readonly #heap: Due[] = [];

  constructor(startMs: number) {
    this.#nowMs = startMs;
  }

  now = (): number => this.#nowMs;

  after = (delayMs: number, work: () => void): (() => void) => {
    const due: Due = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, work, isTakenBack: false };
    this.#order += 1;
    this.#push(due);
    return () => {
      due.isTakenBack = true;
    };
  };

  /** Again and again; the next turn waits for the one before. */
  every(everyMs: number, work: () => Promise<unknown>): void {
    const turn = async (): Promise<void> => {
      await work();
      this.after(everyMs, () => void turn());
    };
    this.after(everyMs, () => void turn());
  }

  /** Lets time pass, moment by moment. */
  async advance(ms: number): Promise<void> {
    const untilMs = this.#nowMs + ms;
    for (let next = this.#heap[0]; next !== undefined && next.atMs <= untilMs; next = this.#heap[0]) {
      this.#nowMs = next.atMs;
      for (let due = this.#heap[0]; due !== undefined && due.atMs <= this.#nowMs; due = this.#heap[0]) {
        this.#pop();
        if (!due.isTakenBack) due.work();
      }
      await settle();
    }
    this.#nowMs = untilMs;
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let at = heap.push(due) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(heap[at], heap[parent])) return;
      swap(heap, at, parent);
      at = parent;
    }
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    heap[0] = last;
    for (let at = 0; ;) {
      const left = 2 * at + 1;
      const first = isBefore(heap[left + 1], heap[left]) ? left + 1 : left;
      if (!isBefore(heap[first], heap[at])) return;
      swap(heap, at, first);
      at = first;
    }
  }
}

/** Everything in memory is done in microtasks, which are all done before the next turn of the event loop. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function isBefore(a: Due | undefined, b: Due | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}

function swap(heap: Due[], a: number, b: number): void {
  const [one, other] = [heap[a], heap[b]];
  if (one === undefined || other === undefined) return;
  heap[a] = other;
  heap[b] = one;
}
