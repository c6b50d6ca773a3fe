/** Which two revisions the page compares. Pure. */

export interface Compared {
  /** null = there is no other revision. */
  readonly from: number | null;
  readonly to: number;
}

/** As the address says, where it names revisions that exist; else the newest against the one before it. */
export function pickCompared(
  numbers: readonly number[],
  asked: { readonly from: string | null; readonly to: string | null },
): Compared | null {
  const known = (text: string | null): number | undefined => numbers.find((number) => String(number) === text);
  const newest = numbers.length === 0 ? undefined : Math.max(...numbers);
  const to = known(asked.to) ?? newest;
  if (to === undefined) return null;
  const others = numbers.filter((number) => number !== to);
  const before = others.filter((number) => number < to);
  const chosen = known(asked.from);
  const from = chosen === undefined || chosen === to ? (max(before) ?? max(others)) : chosen;
  return { from: from ?? null, to };
}

const max = (numbers: readonly number[]): number | undefined =>
  numbers.length === 0 ? undefined : Math.max(...numbers);
