import type { SizeOf } from "./batch-lane.ts";
import type { BatchPorts } from "./batch-ports.ts";
import type { BatchFacts, BatchReport } from "./batch-report.ts";
import type { BatchSettings } from "./batch-settings.ts";

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
