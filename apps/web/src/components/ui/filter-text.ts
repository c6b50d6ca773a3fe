/** A value from outside, held against what was typed and has not come back yet. Pure. */
export interface FilterEcho {
  /** What of the typed texts is still on its way. */
  readonly pending: readonly string[];
  /** True when the value comes from somewhere else (the address, a cleared filter) and replaces the typed text. */
  readonly isForeign: boolean;
}

/**
 * Every typed text comes back as the value a moment later, through the address of the page. An echo that is late must not
 * overwrite what was typed since.
 */
export function judgeEcho(pending: readonly string[], value: string): FilterEcho {
  const at = pending.indexOf(value);
  return at < 0 ? { pending: [], isForeign: true } : { pending: pending.slice(at + 1), isForeign: false };
}
