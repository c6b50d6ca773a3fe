/**
 * Like Ray, amounts of CPUs, GPUs and custom resources count in whole units of 1/10 000: ten tenths are exactly one,
 * and sums do not depend on the order in which replicas come and go.
 */
export const UNITS_PER_ONE = 10_000;

export function toUnits(amount: number): number {
  return Math.round(amount * UNITS_PER_ONE);
}

export function fromUnits(units: number): number {
  return units / UNITS_PER_ONE;
}

/** `2 GiB`, `512 MiB`; one decimal at most below a GiB, two above. */
export function inGiB(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 0.1 ? `${Math.round(gib * 100) / 100} GiB` : `${Math.round((bytes / 2 ** 20) * 10) / 10} MiB`;
}

/** Without what floating point adds: `0.1 + 0.2` is `0.3`. */
export function roundAmount(amount: number): number {
  return fromUnits(toUnits(amount));
}
