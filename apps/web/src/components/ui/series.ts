/** Series colours, distinguishable for colour-blind readers, as CSS values. */
export const seriesTokens = ["var(--s1)", "var(--s2)", "var(--s3)", "var(--s4)"] as const;

/** A revision keeps its colour on every page: slider, edge, chart, table. */
export function revisionSeries(revision: number): string {
  return seriesTokens[(Math.max(1, revision) - 1) % seriesTokens.length] ?? seriesTokens[0];
}
