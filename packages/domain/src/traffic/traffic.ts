import type { TrafficSource } from "../spec/application-status.ts";

/** A variant of the root split: `variant` is its name in metrics and answers (`r7`), `weight` is 0..100. */
export interface WeightedVariant {
  readonly variant: string;
  readonly revision: number;
  readonly weight: number;
}

/** The weights in force; an empty list means that no revision can take requests yet. */
export interface EffectiveTraffic {
  readonly variants: readonly WeightedVariant[];
  readonly source: TrafficSource;
  readonly reason: string;
}

/** One line of a split as a person wrote it. */
export interface SplitEntry {
  readonly revision: number;
  readonly weight: number;
}

/** Name of a revision's variant in the root split. */
export function variantName(revision: number): string {
  return `r${revision}`;
}
