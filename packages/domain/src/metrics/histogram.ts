/**
 * Mergeable log-bucket histogram of durations in milliseconds (the idea of DDSketch).
 *
 * Bucket i holds values in (GAMMA^(i-1), GAMMA^i]; its representative 2·GAMMA^i / (GAMMA + 1) is at most
 * `relativeError` away from every value inside. Counts simply add, so merging is exact, associative and commutative,
 * and a percentile of a merged histogram is the percentile of all its values (within the error).
 */
export const relativeError = 0.02;

const GAMMA = (1 + relativeError) / (1 - relativeError);
const PER_LN = 1 / Math.log(GAMMA);

/** 1 microsecond; anything shorter, zero included, falls into the lowest bucket. */
const MIN_MS = 0.001;
/** 48 hours; anything longer falls into the highest bucket. */
const MAX_MS = 48 * 3_600_000;

const MIN_INDEX = Math.ceil(Math.log(MIN_MS) * PER_LN);
const MAX_INDEX = Math.ceil(Math.log(MAX_MS) * PER_LN);

/** Being recorded into: dense counts, so that `recordDuration` is one logarithm and three additions. */
export interface Histogram {
  count: number;
  sumMs: number;
  readonly counts: Float64Array;
}

/** At rest and on the wire: pairs of (bucket index, count), ascending. The shape of contracts' PackedHistogram. */
export interface HistogramPack {
  count: number;
  sumMs: number;
  buckets: [number, number][];
}

export function createHistogram(): Histogram {
  return { count: 0, sumMs: 0, counts: new Float64Array(MAX_INDEX - MIN_INDEX + 1) };
}

/** Bucket of a duration. A value that is not a number counts as the lowest. */
export function bucketIndexOf(ms: number): number {
  if (!(ms > MIN_MS)) return MIN_INDEX;
  const index = Math.ceil(Math.log(ms) * PER_LN);
  return index > MAX_INDEX ? MAX_INDEX : index;
}

/** Representative duration of a bucket, in milliseconds. */
export function bucketValueMs(index: number): number {
  return (2 * Math.pow(GAMMA, index)) / (GAMMA + 1);
}

export function recordDuration(histogram: Histogram, ms: number): void {
  const slot = bucketIndexOf(ms) - MIN_INDEX;
  histogram.counts[slot] = (histogram.counts[slot] ?? 0) + 1;
  histogram.count += 1;
  if (ms > 0) histogram.sumMs += ms;
}

export function packHistogram(histogram: Histogram): HistogramPack {
  const buckets: [number, number][] = [];
  histogram.counts.forEach((count, slot) => {
    if (count > 0) buckets.push([slot + MIN_INDEX, count]);
  });
  return { count: histogram.count, sumMs: histogram.sumMs, buckets };
}

/** The inverse of {@link packHistogram}; buckets outside the range are folded into its ends. */
export function unpackHistogram(pack: HistogramPack): Histogram {
  const histogram = createHistogram();
  for (const [index, count] of pack.buckets) {
    const slot = Math.min(Math.max(index, MIN_INDEX), MAX_INDEX) - MIN_INDEX;
    histogram.counts[slot] = (histogram.counts[slot] ?? 0) + count;
  }
  histogram.count = pack.count;
  histogram.sumMs = pack.sumMs;
  return histogram;
}

export const emptyPack: HistogramPack = Object.freeze({ count: 0, sumMs: 0, buckets: [] });

/** Sum of histograms; none gives the empty one. */
export function mergePacks(packs: readonly HistogramPack[]): HistogramPack {
  const counts = new Map<number, number>();
  let count = 0;
  let sumMs = 0;
  for (const pack of packs) {
    count += pack.count;
    sumMs += pack.sumMs;
    for (const [index, n] of pack.buckets) counts.set(index, (counts.get(index) ?? 0) + n);
  }
  return { count, sumMs, buckets: [...counts].sort((a, b) => a[0] - b[0]) };
}

/**
 * Duration below which the share `q` (0..1) of the values lies; null without values, because no data is not zero.
 * It is the value of rank floor(q · (count - 1)) of the sorted values, within the relative error.
 */
export function quantileMs(pack: HistogramPack, q: number): number | null {
  const total = pack.buckets.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.floor(Math.min(Math.max(q, 0), 1) * (total - 1));
  let seen = 0;
  const ascending = [...pack.buckets].sort((a, b) => a[0] - b[0]);
  for (const [index, count] of ascending) {
    seen += count;
    if (seen > rank) return bucketValueMs(index);
  }
  return bucketValueMs(ascending.at(-1)?.[0] ?? MIN_INDEX);
}

export function meanMs(pack: HistogramPack): number | null {
  return pack.count === 0 ? null : pack.sumMs / pack.count;
}
