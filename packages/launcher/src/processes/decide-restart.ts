/** How often a process has just failed. */
export interface RestartHistory {
  readonly failuresInARow: number;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 30_000;
/** A process that ran this long had started well: its next failure counts as the first. */
const STEADY_MS = 60_000;

/** When to start a crashed process again: after min(30 s, 0.5 s x 2^(n-1)) for the n-th failure in a row. Pure. */
export function decideRestart(
  history: RestartHistory,
  ranForMs: number,
): { readonly delayMs: number; readonly history: RestartHistory } {
  const failuresInARow = ranForMs >= STEADY_MS ? 1 : history.failuresInARow + 1;
  const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (failuresInARow - 1));
  return { delayMs, history: { failuresInARow } };
}
