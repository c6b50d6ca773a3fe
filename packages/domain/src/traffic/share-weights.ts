import { variantName } from "./traffic.ts";
import type { SplitEntry, WeightedVariant } from "./traffic.ts";

/**
 * Scales weights so that they sum to exactly 100 in steps of 0.1, keeping their proportions (largest remainder).
 * If none has weight, all get the same.
 */
export function shareWeights(entries: readonly SplitEntry[]): WeightedVariant[] {
  if (entries.length === 0) return [];
  const sum = entries.reduce((total, entry) => total + entry.weight, 0);
  const exact = entries.map((entry) => (sum > 0 ? (entry.weight / sum) * 1000 : 1000 / entries.length));
  const tenths = exact.map((share) => Math.floor(share + 1e-9));
  const missing = 1000 - tenths.reduce((total, share) => total + share, 0);
  exact
    .map((share, i) => ({ i, remainder: share - Math.floor(share + 1e-9) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
    .slice(0, missing)
    .forEach(({ i }) => (tenths[i] = (tenths[i] ?? 0) + 1));
  return entries.map(({ revision }, i) => ({
    variant: variantName(revision),
    revision,
    weight: (tenths[i] ?? 0) / 10,
  }));
}
