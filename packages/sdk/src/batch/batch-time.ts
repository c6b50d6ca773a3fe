/**
 * Online model of how long a batch takes: t(size) = fixedMs + perItemMs * size, fitted by least squares in which each
 * observation weighs `memory` times the next one. Sums are kept instead of observations, so a step costs the same always.
 */
export interface BatchTime {
  readonly observations: number;
  readonly fixedMs: number;
  readonly perItemMs: number;
  /** Standard deviation of what the line does not explain. */
  readonly spreadMs: number;
  readonly sums: Sums;
}

interface Sums {
  readonly weight: number;
  readonly size: number;
  readonly timeMs: number;
  readonly sizeSquared: number;
  readonly sizeTime: number;
  readonly residualSquared: number;
}

/** About the last 1 / (1 - memory) = 33 batches count. */
const memory = 0.97;
/** While sizes hardly differ, half of the time is taken as fixed, with the weight of this share of an observation. */
const priorWeight = 0.01;
/** A single slow batch (a warm-up, a pause of the garbage collector) counts as at most so many times the expectation. */
const outlierFactor = 4;

export const unknownBatchTime: BatchTime = Object.freeze({
  observations: 0,
  fixedMs: 0,
  perItemMs: 0,
  spreadMs: 0,
  sums: Object.freeze({ weight: 0, size: 0, timeMs: 0, sizeSquared: 0, sizeTime: 0, residualSquared: 0 }),
});

/** Expected milliseconds of a batch of this size. */
export function predictBatchMs(time: BatchTime, size: number): number {
  return time.fixedMs + time.perItemMs * size;
}

/** The largest size that is expected to take at most `budgetMs`; Infinity when size does not matter, below 1 when none. */
export function largestSizeWithin(time: BatchTime, budgetMs: number): number {
  const leftMs = budgetMs - time.fixedMs;
  if (time.perItemMs <= 0) return leftMs >= 0 ? Infinity : 0;
  return Math.floor(leftMs / time.perItemMs);
}

/** The model after one more batch. */
export function observeBatch(time: BatchTime, size: number, tookMs: number): BatchTime {
  const expectedMs = predictBatchMs(time, size);
  const isKnown = time.observations >= 3;
  const timeMs = isKnown ? Math.min(tookMs, expectedMs * outlierFactor) : tookMs;
  const residual = isKnown ? timeMs - expectedMs : 0;
  const sums: Sums = {
    weight: time.sums.weight * memory + 1,
    size: time.sums.size * memory + size,
    timeMs: time.sums.timeMs * memory + timeMs,
    sizeSquared: time.sums.sizeSquared * memory + size * size,
    sizeTime: time.sums.sizeTime * memory + size * timeMs,
    residualSquared: time.sums.residualSquared * memory + residual * residual,
  };
  return {
    observations: time.observations + 1,
    ...fitLine(sums),
    spreadMs: Math.sqrt(sums.residualSquared / sums.weight),
    sums,
  };
}

/** Least squares with a prior on the slope, both parts not below 0: more items never take less time. */
function fitLine({ weight, size, timeMs, sizeSquared, sizeTime }: Sums): { fixedMs: number; perItemMs: number } {
  const meanSize = size / weight;
  const meanMs = timeMs / weight;
  const priorSlope = meanMs / meanSize / 2;
  const ridge = priorWeight * meanSize * meanSize;
  const variance = Math.max(0, sizeSquared / weight - meanSize * meanSize);
  const covariance = sizeTime / weight - meanSize * meanMs;
  const slope = (covariance + ridge * priorSlope) / (variance + ridge);
  const perItemMs = Math.min(Math.max(slope, 0), meanMs / meanSize);
  return { fixedMs: Math.max(0, meanMs - perItemMs * meanSize), perItemMs };
}
