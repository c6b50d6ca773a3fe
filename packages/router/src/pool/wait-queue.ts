import type { PoolReplica } from "./pool-replica.ts";

/** Why a waiter got no replica. */
export type WaitRefusal = "queue_full" | "deadline" | "closed";

/** A request that wants a replica. One object per request, kept over its retries so that it keeps its place in the line. */
export interface Waiter {
  /** Place in the line, given by the router at the first try; -1 before. */
  order: number;
  /** Wall-clock or monotonic ms, same clock as the router's `nowMs`; Infinity = waits for ever. */
  readonly deadlineMs: number;
  /**
   * Replicas this request should not see (again) as long as the pool has others. Read at each pick, so the caller may
   * replace it between tries.
   */
  readonly excluded: ReadonlySet<string> | null;
  /** It has a replica; `sent` is already counted. Called once per wait. */
  onGrant(replica: PoolReplica): void;
  /** It will get none. Called at most once; never after `onGrant` of the same wait. */
  onRefuse(refusal: WaitRefusal): void;
}

interface Entry {
  readonly waiter: Waiter;
  before: Entry | undefined;
  after: Entry | undefined;
}

/** FIFO by `order` of arrival, as a linked list: joining at the end, leaving from anywhere in O(1). */
export class WaitQueue {
  #first: Entry | undefined;
  #last: Entry | undefined;
  #entries = new Map<Waiter, Entry>();

  get size(): number {
    return this.#entries.size;
  }

  /** Inserts by `order`; the search starts at the end for newcomers and is short for the few that come back. */
  insert(waiter: Waiter): void {
    let before = this.#last;
    if (this.#first !== undefined && waiter.order < this.#first.waiter.order) before = undefined;
    while (before !== undefined && before.waiter.order > waiter.order) before = before.before;
    const after = before === undefined ? this.#first : before.after;
    const entry: Entry = { waiter, before, after };
    if (before === undefined) this.#first = entry;
    else before.after = entry;
    if (after === undefined) this.#last = entry;
    else after.before = entry;
    this.#entries.set(waiter, entry);
  }

  /** False when it was not waiting. */
  remove(waiter: Waiter): boolean {
    const entry = this.#entries.get(waiter);
    if (entry === undefined) return false;
    this.#entries.delete(waiter);
    if (entry.before === undefined) this.#first = entry.after;
    else entry.before.after = entry.after;
    if (entry.after === undefined) this.#last = entry.before;
    else entry.after.before = entry.before;
    return true;
  }

  /** The first waiter, in order of arrival, for which `test` is true. */
  find(test: (waiter: Waiter) => boolean): Waiter | undefined {
    for (let entry = this.#first; entry !== undefined; entry = entry.after) {
      if (test(entry.waiter)) return entry.waiter;
    }
    return undefined;
  }

  /** All that wait, oldest first; a copy, so the queue may change meanwhile. */
  list(): Waiter[] {
    const waiters: Waiter[] = [];
    for (let entry = this.#first; entry !== undefined; entry = entry.after) waiters.push(entry.waiter);
    return waiters;
  }

  earliestDeadlineMs(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let entry = this.#first; entry !== undefined; entry = entry.after) {
      if (entry.waiter.deadlineMs < earliest) earliest = entry.waiter.deadlineMs;
    }
    return earliest;
  }
}
