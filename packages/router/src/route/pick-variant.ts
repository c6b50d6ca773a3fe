import type { RoutedVariant } from "@sluice/contracts";

/**
 * The variant that a uniform random number u in [0, 1) falls on: each is hit with probability weight / sum of weights.
 * Undefined when there is none with weight.
 */
export function pickVariant(variants: readonly RoutedVariant[], u: number): RoutedVariant | undefined {
  let sum = 0;
  for (const variant of variants) sum += variant.weight;
  if (!(sum > 0)) return undefined;
  let rest = u * sum;
  let last: RoutedVariant | undefined;
  for (const variant of variants) {
    if (variant.weight <= 0) continue;
    last = variant;
    rest -= variant.weight;
    if (rest < 0) return variant;
  }
  // Rounding can leave a rest of about 1e-14.
  return last;
}
