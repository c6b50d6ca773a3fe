import { BatchLane } from "./batch-lane.ts";
import type { SizeOf, Waiting } from "./batch-lane.ts";
import type { BatchPorts } from "./batch-ports.ts";
import type { BatchFacts, BatchReport } from "./batch-report.ts";
import type { BatchSettings } from "./batch-settings.ts";
import { observeBatch } from "./batch-time.ts";
import { decideBatch } from "./decide-batch.ts";
import type { BatchDecision } from "./decide-batch.ts";

/** expired: its deadline passed while it waited; oversize: it alone is larger than a batch may be. */
export type DropReason = "expired" | "oversize";

export interface BatchQueueOptions<T> {
  /** Read at every decision, so a change takes effect at once. */
  readonly settings: BatchSettings;
  /** Computes one batch and tells its items. What it throws is a defect of the runner, not of the items. */
  readonly run: (items: readonly T[], facts: BatchFacts) => Promise<void>;
  /** The item will not run. */
  readonly drop: (item: T, why: DropReason) => void;
  /** Size of some items together, 1 each unless given. Must not shrink when an item is added. */
  readonly sizeOf?: SizeOf<T>;
  /** True: an item over the limit is dropped as `oversize`. False: it runs alone. */
  readonly refusesOversize?: boolean;
  readonly ports: BatchPorts;
  /** Called after each batch. */
  readonly onBatch?: (report: BatchReport) => void;
}

export interface ItemFacts {
  /** Only items of the same group share a batch. Default "". */
  readonly group?: string;
  /** On the clock of the ports; Infinity without a deadline. */
  readonly deadlineAtMs?: number;
}

/** A place in the queue. */
export interface Ticket {
  /** Leaves the queue; false when the batch was formed already, or the item dropped. */
  withdraw(): boolean;
}

interface Choice<T> {
  readonly lane: BatchLane<T>;
  readonly decision: BatchDecision;
}

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
    while (this.#waiting > 0 && this.#running < this.#options.settings.maxConcurrentBatches) {
      const choice = this.#choose(isOnlyFull);
      if (choice === undefined) return;
      if (choice.decision.waitMs > 0) return this.#lookIn(choice.decision.waitMs);
      this.#release(choice);
    }
  }

  /** The lane to release now, the one with the oldest first item; else the one that is due first. */
  #choose(isOnlyFull: boolean): Choice<T> | undefined {
    let best: Choice<T> | undefined;
    for (const lane of this.#lanes.values()) {
      if (lane.waiting.length === 0) continue;
      const decision = this.#decide(lane, isOnlyFull);
      if (decision !== undefined && (best === undefined || isBefore({ lane, decision }, best)))
        best = { lane, decision };
    }
    return best;
  }

  #decide(lane: BatchLane<T>, isOnlyFull: boolean): BatchDecision | undefined {
    const { settings, ports } = this.#options;
    const { size, isFull } = lane.fit(settings.maxBatchSize);
    if (isOnlyFull && !isFull) return undefined;
    const nowMs = ports.now();
    const ageMs = (at: number): number => nowMs - (lane.waiting[at]?.addedAtMs ?? nowMs);
    return decideBatch(
      {
        size,
        isFull,
        oldestAgeMs: ageMs(0),
        sinceArrivalMs: nowMs - lane.lastArrivalMs,
        gapMs: lane.gapMs,
        peakOutstanding: lane.peakOutstanding,
        outstanding: lane.outstanding,
        ageBehindMs: (cut) => ageMs(lane.countWithin(cut)),
        time: lane.time,
      },
      settings,
    );
  }

  #release({ lane, decision }: Choice<T>): void {
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

/** Released now before released later; of two that go now, the one whose first item came first. */
function isBefore<T>(left: Choice<T>, right: Choice<T>): boolean {
  if (left.decision.waitMs > 0 || right.decision.waitMs > 0) return left.decision.waitMs < right.decision.waitMs;
  return (left.lane.waiting[0]?.addedAtMs ?? 0) < (right.lane.waiting[0]?.addedAtMs ?? 0);
}
