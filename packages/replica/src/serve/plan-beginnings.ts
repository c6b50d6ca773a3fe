/** What the requests of one group may hold the loop together, in milliseconds. */
const doubtMs = 1;

/**
 * How many of the waiting requests are told TAKEN at once. All of them then count as begun, though the code of the last runs only when
 * that of the others has returned: a process that dies in between fails requests that had not begun. So a group is as large as its
 * requests can begin within a millisecond, given that the code of one holds the loop for `heldMs` before it first waits; at least one.
 */
export function planBeginnings(waiting: number, heldMs: number): number {
  return Math.max(1, Math.min(waiting, Math.floor(doubtMs / Math.max(heldMs, 1e-6))));
}
