/** How a batched method groups its calls. Names and defaults are Ray Serve's, in camelCase. */
export interface BatchOptions {
  /** Items in one batch at most (of `batchSizeFn`'s measure when that is given). Default 10. */
  readonly maxBatchSize?: number;
  /**
   * Seconds the first item of a batch waits for others. 0 = never waits: what came together goes together.
   * Default 0.01; with `targetP99Ms` there is no limit but the target unless this is given.
   */
  readonly batchWaitTimeoutS?: number;
  /** Batches that run at a time; the function is never entered more often. Default 1. */
  readonly maxConcurrentBatches?: number;
  /** Time from call to answer that 99 % should keep. Batches are filled as far as it allows. */
  readonly targetP99Ms?: number;
}

/** The options in force; the setters of a batched method change them in place. */
export interface BatchSettings {
  maxBatchSize: number;
  /** Infinity = only the target limits the wait. */
  waitMs: number;
  maxConcurrentBatches: number;
  targetP99Ms: number | undefined;
}

const defaultWaitMs = 10;

/** Options with defaults, checked. Throws a RangeError that names the option. */
export function planBatchSettings(options: BatchOptions): BatchSettings {
  const { maxBatchSize = 10, batchWaitTimeoutS, maxConcurrentBatches = 1, targetP99Ms } = options;
  if (targetP99Ms !== undefined) requirePositive("targetP99Ms", targetP99Ms);
  const untimedMs = targetP99Ms === undefined ? defaultWaitMs : Infinity;
  return {
    maxBatchSize: requireSize(maxBatchSize),
    waitMs: batchWaitTimeoutS === undefined ? untimedMs : requireWait(batchWaitTimeoutS),
    maxConcurrentBatches: requireCount("maxConcurrentBatches", maxConcurrentBatches),
    targetP99Ms,
  };
}

export function requireSize(maxBatchSize: number): number {
  return requireCount("maxBatchSize", maxBatchSize);
}

/** Seconds -> milliseconds. */
export function requireWait(batchWaitTimeoutS: number): number {
  if (Number.isFinite(batchWaitTimeoutS) && batchWaitTimeoutS >= 0) return batchWaitTimeoutS * 1_000;
  throw new RangeError(`batchWaitTimeoutS is a number of seconds, 0 or more, not ${String(batchWaitTimeoutS)}.`);
}

function requireCount(name: string, value: number): number {
  if (Number.isInteger(value) && value >= 1) return value;
  throw new RangeError(`${name} is a whole number, 1 or more, not ${String(value)}.`);
}

function requirePositive(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw new RangeError(`${name} is a number over 0, not ${String(value)}.`);
}
