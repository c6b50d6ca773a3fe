import type { AdmissionReason } from "./decide-admission.ts";
import type { PickReason } from "./pick-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

/**
 * Why a waiter got no replica. Public: metrics labels, request inspector.
 * - `queue_full`: max_queued_requests of this router wait already.
 * - `deadline`: its own time is over.
 * - `no_replica`: the pool had no working replica for so long that waiting on helps nobody.
 * - `closed`: the pool is gone; nothing was sent yet, so it may turn to the pool that took over.
 */
export type WaitRefusal = "queue_full" | "deadline" | "no_replica" | "closed";

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
  /** Multiplexed model that it is for: a replica that holds it is preferred. Absent or "" = none. */
  readonly modelId?: string;
  /** The router's: until then it waits for a replica that holds its model. */
  matchUntilMs?: number | undefined;
  /** The router's: when it first joined the line. */
  joinedAtMs?: number | undefined;
  /** Filled in at each grant if the object has the property; start it with "". */
  pickReason?: PickReason | "";
  /** Filled in whenever it joins the line, if the object has the property; start it with "". */
  waitReason?: AdmissionReason | "";
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

  /** The least of a time over all that wait; Infinity when nobody does. */
  earliestMs(timeOf: (waiter: Waiter) => number): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (let entry = this.#first; entry !== undefined; entry = entry.after) {
      earliest = Math.min(earliest, timeOf(entry.waiter));
    }
    return earliest;
  }
}
