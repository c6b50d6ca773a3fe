import type { BatchReport } from "./batch-report.ts";
import type { BatchSettings } from "./batch-settings.ts";

/** One queue: a batched function of one instance. */
export interface ObservedQueue {
  /** The property that holds the function; metrics carry it as `function_name`. */
  readonly name: string;
  /** In force now. */
  readonly settings: BatchSettings;
  /** Items that wait now. */
  readonly waiting: () => number;
}

/** What a host wants to hear about batching. */
export interface BatchObserver {
  /** A queue takes its first call. */
  readonly onQueue: (queue: ObservedQueue) => void;
  readonly onBatch: (queue: ObservedQueue, report: BatchReport) => void;
}

const observerKey: unique symbol = Symbol.for("sluice.sdk.batchObserver");
const holder = globalThis as { [observerKey]?: BatchObserver };

/** The host hears of every batch in this process, whichever copy of the SDK formed it. */
export function observeBatches(observer: BatchObserver): void {
  holder[observerKey] = observer;
}

export function batchObserver(): BatchObserver | undefined {
  return holder[observerKey];
}
