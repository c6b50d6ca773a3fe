/** Slider maths. Weights are whole tenths of a percent, so that sums are exact: 1000 tenths = 100 %. */
export const wholeTenths = 1000;

export interface Weight {
  readonly revision: number;
  readonly tenths: number;
  /** A locked weight moves only when it is moved itself. */
  readonly locked: boolean;
}

/** Largest value that a weight can take while locked others keep theirs. */
export function largestTenths(weights: readonly Weight[], revision: number): number {
  const locked = weights.filter((weight) => weight.locked && weight.revision !== revision);
  return wholeTenths - locked.reduce((sum, weight) => sum + weight.tenths, 0);
}

/** Whether another weight can take what this one gives. */
export function canMove(weights: readonly Weight[], revision: number): boolean {
  return weights.some((weight) => weight.revision !== revision && !weight.locked);
}

/**
 * Sets one weight; the unlocked others share the rest in their present proportion (equally when all are zero).
 * The sum is 100 % before and after. A wish beyond what locked weights leave is cut.
 */
export function moveWeight(weights: readonly Weight[], revision: number, wantedTenths: number): Weight[] {
  const isKnown = weights.some((weight) => weight.revision === revision);
  if (!isKnown || !canMove(weights, revision)) return [...weights];
  const largest = largestTenths(weights, revision);
  const tenths = Math.min(largest, Math.max(0, Math.round(wantedTenths)));
  const others = weights.filter((weight) => weight.revision !== revision && !weight.locked);
  const shares = divide(
    largest - tenths,
    others.map((weight) => weight.tenths),
  );
  return weights.map((weight) => {
    if (weight.revision === revision) return { ...weight, tenths };
    const index = others.indexOf(weight);
    return index === -1 ? weight : { ...weight, tenths: shares[index] ?? 0 };
  });
}

/** Divides a whole number in the given proportion without losing a unit: largest remainders get the rest. */
export function divide(total: number, proportion: readonly number[]): number[] {
  const sum = proportion.reduce((left, right) => left + right, 0);
  const exact = proportion.map((part) => (sum === 0 ? total / proportion.length : (total * part) / sum));
  const floors = exact.map(Math.floor);
  const rest = total - floors.reduce((left, right) => left + right, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((left, right) => right.remainder - left.remainder || left.index - right.index);
  for (const { index } of byRemainder.slice(0, rest)) floors[index] = (floors[index] ?? 0) + 1;
  return floors;
}

/** Adds a revision with no traffic; nothing is sent to it until its slider moves. */
export function addRevision(weights: readonly Weight[], revision: number): Weight[] {
  if (weights.some((weight) => weight.revision === revision)) return [...weights];
  return [...weights, { revision, tenths: 0, locked: false }].sort((left, right) => left.revision - right.revision);
}

/** Takes a revision out; the others share what it had. The last one stays. */
export function removeRevision(weights: readonly Weight[], revision: number): Weight[] {
  if (weights.length < 2) return [...weights];
  const unlocked = canMove(weights, revision) ? weights : weights.map((weight) => ({ ...weight, locked: false }));
  return moveWeight(unlocked, revision, 0).filter((weight) => weight.revision !== revision);
}

export function toggleLock(weights: readonly Weight[], revision: number): Weight[] {
  return weights.map((weight) => (weight.revision === revision ? { ...weight, locked: !weight.locked } : weight));
}

/** Reads a typed weight: `90`, `12.5 %`, `12,5`. */
export function readWeight(text: string): number | undefined {
  const match = /^\s*(\d{1,3}(?:[.,]\d+)?)\s*%?\s*$/.exec(text);
  const percent = match === null ? Number.NaN : Number((match[1] ?? "").replace(",", "."));
  return percent >= 0 && percent <= 100 ? Math.round(percent * 10) : undefined;
}

/** Same revisions with the same weights. A revision without traffic is as good as none. */
export function sameSplit(left: readonly Weight[], right: readonly Weight[]): boolean {
  const text = (weights: readonly Weight[]): string =>
    weights
      .filter((weight) => weight.tenths > 0)
      .map((weight) => `${weight.revision}:${weight.tenths}`)
      .sort()
      .join(",");
  return text(left) === text(right);
}
