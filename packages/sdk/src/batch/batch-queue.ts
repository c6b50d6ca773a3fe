import { BatchLane } from "./batch-lane.ts";
import type { Waiting } from "./batch-lane.ts";
import type { BatchQueueOptions, ItemFacts, Ticket } from "./batch-queue-options.ts";
import type { BatchFacts } from "./batch-report.ts";
import { observeBatch } from "./batch-time.ts";
import { chooseLane } from "./choose-lane.ts";
import type { LaneChoice } from "./choose-lane.ts";

/** Groups that are idle are forgotten, with what was learnt about them, when there are more than this. */
const rememberedLanes = 64;

/**
 * Collects items into batches. A batch is formed when it can run, not before, so what arrives while others run joins it.
 * Invariants: at most `maxConcurrentBatches` run; items of a group run in the order in which they came; every item added
 * is run once, dropped once, or withdrawn.
 */
export class BatchQueue<T> {
  readonly #options: BatchQueueOptions<T>;
  readonly #lanes = new Map<string, BatchLane<T>>();
  #running = 0;
  #waiting = 0;
  #isLookPlanned = false;
  #timer: { readonly atMs: number; readonly cancel: () => void } | undefined;

  constructor(options: BatchQueueOptions<T>) {
    this.#options = options;
  }

  /** Items that wait for a batch. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Batches that run. */
  get running(): number {
    return this.#running;
  }

  add(item: T, { group = "", deadlineAtMs = Infinity }: ItemFacts = {}): Ticket {
    const { settings, sizeOf, refusesOversize = true, ports, drop } = this.#options;
    if (sizeOf !== undefined && refusesOversize && sizeOf([item]) > settings.maxBatchSize) {
      drop(item, "oversize");
      return { withdraw: () => false };
    }
    const lane = this.#laneOf(group);
    const entry: Waiting<T> = { item, addedAtMs: ports.now(), deadlineAtMs };
    lane.push(entry);
    this.#waiting += 1;
    this.#look(true);
    this.#lookSoon();
    return { withdraw: () => this.#remove(lane, entry) };
  }

  /** Looks at what waits again: call it when settings changed. */
  wake(): void {
    this.#lookSoon();
  }

  /** What arrives within one turn of the event loop is seen together. */
  #lookSoon(): void {
    if (this.#isLookPlanned || this.#waiting === 0) return;
    this.#isLookPlanned = true;
    this.#options.ports.soon(() => {
      this.#isLookPlanned = false;
      this.#look(false);
    });
  }

  /** Releases what is to be released; the rest is looked at again when its time has come. */
  #look(isOnlyFull: boolean): void {
    const { settings, ports } = this.#options;
    while (this.#waiting > 0 && this.#running < settings.maxConcurrentBatches) {
      const choice = chooseLane(this.#lanes.values(), settings, ports.now(), isOnlyFull);
      if (choice === undefined) return;
      if (choice.decision.waitMs > 0) return this.#lookIn(choice.decision.waitMs);
      this.#release(choice);
    }
  }

  #release({ lane, decision }: LaneChoice<T>): void {
    const { settings, ports } = this.#options;
    const nowMs = ports.now();
    // Room that the expired leave may be filled: the lane is looked at again.
    if (this.#dropExpired(lane, nowMs)) return;
    const entries = lane.take(decision.size);
    this.#waiting -= entries.length;
    const items = entries.map(({ item }) => item);
    const waitsMs = entries.map(({ addedAtMs }) => nowMs - addedAtMs);
    const size = this.#options.sizeOf?.(items) ?? items.length;
    const { group } = lane;
    const facts: BatchFacts = { group, size, limit: settings.maxBatchSize, reason: decision.reason, waitsMs };
    this.#running += 1;
    lane.running += items.length;
    this.#options.run(items, facts).then(
      () => this.#finish(lane, facts, nowMs, true),
      () => this.#finish(lane, facts, nowMs, false),
    );
  }

  #finish(lane: BatchLane<T>, facts: BatchFacts, startedMs: number, isDone: boolean): void {
    const tookMs = this.#options.ports.now() - startedMs;
    this.#running -= 1;
    lane.running -= facts.waitsMs.length;
    lane.noteBatch();
    // A batch that failed says nothing about how long one takes.
    if (isDone) lane.time = observeBatch(lane.time, facts.size, tookMs);
    this.#options.onBatch?.({ ...facts, tookMs, waiting: this.#waiting });
    this.#look(true);
    this.#lookSoon();
  }

  #dropExpired(lane: BatchLane<T>, nowMs: number): boolean {
    const expired = lane.waiting.filter(({ deadlineAtMs }) => deadlineAtMs <= nowMs);
    for (const entry of expired) {
      this.#remove(lane, entry);
      this.#options.drop(entry.item, "expired");
    }
    return expired.length > 0;
  }

  #remove(lane: BatchLane<T>, entry: Waiting<T>): boolean {
    const isRemoved = lane.remove(entry);
    if (isRemoved) this.#waiting -= 1;
    return isRemoved;
  }

  /** One timer: for the earliest look that is planned. One that fires too early only looks once more. */
  #lookIn(waitMs: number): void {
    const { ports } = this.#options;
    const atMs = ports.now() + waitMs;
    if (waitMs === Infinity || (this.#timer !== undefined && this.#timer.atMs <= atMs)) return;
    this.#timer?.cancel();
    const cancel = ports.after(waitMs, () => {
      this.#timer = undefined;
      this.#look(false);
    });
    this.#timer = { atMs, cancel };
  }

  #laneOf(group: string): BatchLane<T> {
    const known = this.#lanes.get(group);
    if (known !== undefined) return known;
    if (this.#lanes.size >= rememberedLanes) {
      for (const [name, lane] of this.#lanes) if (lane.outstanding === 0) this.#lanes.delete(name);
    }
    const lane = new BatchLane<T>(group, this.#options.sizeOf);
    this.#lanes.set(group, lane);
    return lane;
  }
}
