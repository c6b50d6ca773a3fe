import type { LoadWindow } from "./load-window.ts";
import { aggregateLoad } from "./load-window.ts";

type Segments = LoadWindow["segments"];

/**
 * The highest mean over any wholly known `spanMs` within [fromMs, toMs], else the mean of all that is known; null when
 * nothing is. Means of a step function are extreme where a stretch begins or ends at an edge, of a segment or of the whole,
 * so only those are looked at.
 */
export function findPeakLoad({ segments }: LoadWindow, spanMs: number, fromMs: number, toMs: number): number | null {
  const firstEndMs = fromMs + spanMs;
  if (firstEndMs < toMs && segments.length > 1) {
    const isInside = (endMs: number): boolean => endMs > firstEndMs && endMs < toMs;
    const atEnds = [firstEndMs, ...segments.map((segment) => segment.toMs).filter(isInside), toMs];
    const atStarts = segments.map((segment) => segment.fromMs + spanMs).filter(isInside);
    const peak = Math.max(highestMean(segments, spanMs, atEnds), highestMean(segments, spanMs, atStarts));
    if (peak >= 0) return peak;
  }
  return aggregateLoad({ segments }, "mean", fromMs, toMs);
}

/** Over stretches that end at these times, which ascend; -1 when none of them is wholly known. */
function highestMean(segments: Segments, spanMs: number, endsMs: readonly number[]): number {
  const start = new Integral(segments);
  const end = new Integral(segments);
  let highest = -1;
  for (const endMs of endsMs) {
    start.advance(endMs - spanMs);
    end.advance(endMs);
    if (end.knownMs - start.knownMs === spanMs) highest = Math.max(highest, (end.sum - start.sum) / spanMs);
  }
  return highest;
}

/** Integral of the load from the beginning up to a moment that only moves forward. */
class Integral {
  /** Load x milliseconds. */
  sum = 0;
  knownMs = 0;
  readonly #segments: Segments;
  /** Segments before this one have passed. */
  #index = 0;
  #passedSum = 0;
  #passedMs = 0;

  constructor(segments: Segments) {
    this.#segments = segments;
  }

  advance(toMs: number): void {
    let segment = this.#segments[this.#index];
    while (segment !== undefined && segment.toMs <= toMs) {
      const ms = segment.toMs - segment.fromMs;
      this.#passedSum += (segment.queued + segment.sent) * ms;
      this.#passedMs += ms;
      this.#index += 1;
      segment = this.#segments[this.#index];
    }
    const partMs = segment === undefined ? 0 : Math.max(0, toMs - segment.fromMs);
    this.sum = this.#passedSum + (segment === undefined ? 0 : (segment.queued + segment.sent) * partMs);
    this.knownMs = this.#passedMs + partMs;
  }
}
