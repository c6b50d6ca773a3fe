import type { BatchReason } from "./decide-batch.ts";

/** What is known about a batch when it starts. */
export interface BatchFacts {
  readonly group: string;
  /** Items, or what `sizeOf` measured. */
  readonly size: number;
  /** The largest size there could have been. */
  readonly limit: number;
  readonly reason: BatchReason;
  /** How long each item waited, in the order of the items. */
  readonly waitsMs: readonly number[];
}

/** What is known about a batch when it has ended. */
export interface BatchReport extends BatchFacts {
  readonly tookMs: number;
  /** Items that wait in the queue now, of all groups. */
  readonly waiting: number;
}
