import { CallQueue } from "./call-queue.ts";
import { brandBatched } from "./batched-method.ts";
import type { BatchControls, BatchedMethod, BatchedStream, BatchFunctionOptions, Columns } from "./batched-method.ts";
import { planBatchSettings, requireSize, requireWait } from "./batch-settings.ts";

/**
 * Makes a function of many items one of a single item: calls that come close together are answered by one run.
 *
 * ```ts
 * class Sentiment {
 *   score = batch(async (texts: string[]) => this.model.run(texts), { maxBatchSize: 32 });
 * }
 * const one: number = await sentiment.score("good");
 * ```
 *
 * The function gets one array per parameter and answers one result per item, in the order of the items. An `Error` among the
 * results fails its own item only; a throw, or a wrong number of results, fails the whole batch. An `async function*` yields
 * such arrays, and each caller iterates its own results; `itemEnd` in a place ends that item.
 */
export function batch<C extends Columns, R, This = unknown>(
  fn: (this: This, ...columns: C) => AsyncGenerator<ArrayLike<R>, unknown, undefined>,
  options?: BatchFunctionOptions<C>,
): BatchedStream<This, C, R>;
export function batch<C extends Columns, R, This = unknown>(
  fn: (this: This, ...columns: C) => Promise<ArrayLike<R>> | ArrayLike<R>,
  options?: BatchFunctionOptions<C>,
): BatchedMethod<This, C, R>;
export function batch(
  fn: (this: unknown, ...columns: never[]) => unknown,
  options: BatchFunctionOptions<Columns> = {},
): unknown {
  if (typeof fn !== "function") throw new TypeError("batch() takes a function of one array per parameter.");
  const settings = planBatchSettings(options);
  const isStreaming = Object.prototype.toString.call(fn) === "[object AsyncGeneratorFunction]";
  const sizeOf = options.batchSizeFn === undefined ? undefined : measureWith(options.batchSizeFn);
  const queues = new WeakMap<object, CallQueue>();
  /** Those that hold calls: they hear of changed settings. */
  const busy = new Set<CallQueue>();
  /** Calls without a `this`, of a function that stands alone. */
  const detached: object = {};

  const queueOf = (owner: unknown): CallQueue => {
    const key = typeof owner === "object" && owner !== null ? owner : detached;
    const known = queues.get(key);
    if (known !== undefined) return known;
    const name = nameOf(owner, batched, fn.name);
    const enter = (columns: readonly unknown[][]): unknown => fn.apply(owner, columns as never[]);
    const queue = new CallQueue({ target: { name, enter }, settings, isStreaming, sizeOf });
    queues.set(key, queue);
    return queue;
  };

  const batched = function (this: unknown, ...args: unknown[]): unknown {
    const queue = queueOf(this);
    if (!busy.has(queue)) {
      for (const other of busy) if (other.isIdle) busy.delete(other);
      busy.add(queue);
    }
    return queue.add(args);
  };
  const change = (apply: () => void): void => {
    apply();
    for (const queue of busy) {
      if (queue.isIdle) busy.delete(queue);
      else queue.wake();
    }
  };
  const controls: BatchControls = {
    setMaxBatchSize: (size) => change(() => (settings.maxBatchSize = requireSize(size))),
    setBatchWaitTimeoutS: (seconds) => change(() => (settings.waitMs = requireWait(seconds))),
  };
  return brandBatched(Object.assign(batched, controls), { settings });
}

type MeasureItems = (items: readonly unknown[]) => number;

/** A measure that fails on several items together keeps them apart; on one alone it fails that item's caller. */
function measureWith(measure: MeasureItems): MeasureItems {
  return (items) => {
    try {
      const size: unknown = measure(items);
      if (typeof size === "number" && size >= 0) return size;
      throw new TypeError(`batchSizeFn must answer a number, 0 or more; it answered ${String(size)}.`);
    } catch (error) {
      if (items.length === 1) throw error;
      return Infinity;
    }
  };
}

/** The property that holds the function, for metrics and messages. */
function nameOf(owner: unknown, batched: unknown, fallback: string): string {
  for (
    let level = owner;
    typeof level === "object" && level !== null;
    level = Object.getPrototypeOf(level) as unknown
  ) {
    for (const [name, property] of Object.entries(Object.getOwnPropertyDescriptors(level))) {
      if (property.value === batched) return name;
    }
  }
  return fallback === "" ? "batch" : fallback;
}
