/** Time and timers as the batch queue sees them; tests bring their own. */
export interface BatchPorts {
  /** Milliseconds on a clock that never goes back. */
  readonly now: () => number;
  /** Calls `run` once, not before `delayMs` have passed; the answer cancels it. */
  readonly after: (delayMs: number, run: () => void) => () => void;
  /** Calls `run` once when this turn of the event loop is over. */
  readonly soon: (run: () => void) => void;
}

/** Timers of Node: whole milliseconds, rounded up. */
export const nodeBatchPorts: BatchPorts = {
  now: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, Math.min(Math.ceil(delayMs), 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
  soon: (run) => {
    setImmediate(run);
  },
};
