import type { LoadWindow } from "./load-window.ts";
import { aggregateLoad } from "./load-window.ts";

/**
 * The highest mean over any wholly known `spanMs` within [fromMs, toMs], else the mean of all that is known; null when
 * nothing is. Means of a step function are extreme where a stretch ends or begins at an edge, so only those are looked at.
 */
export function findPeakLoad(window: LoadWindow, spanMs: number, fromMs: number, toMs: number): number | null {
  const whole = aggregateLoad(window, "mean", fromMs, toMs);
  if (spanMs >= toMs - fromMs || window.segments.length < 2) return whole;
  const integral = integrate(window);
  let peak: number | null = null;
  for (const segment of window.segments) {
    for (const endMs of [segment.toMs, segment.fromMs + spanMs]) {
      if (endMs - spanMs < fromMs || endMs > toMs) continue;
      const start = integral(endMs - spanMs);
      const end = integral(endMs);
      const knownMs = end.knownMs - start.knownMs;
      if (knownMs === spanMs) peak = Math.max(peak ?? 0, (end.sum - start.sum) / spanMs);
    }
  }
  return peak ?? whole;
}

interface IntegralPoint {
  /** Load x known milliseconds up to here. */
  readonly sum: number;
  readonly knownMs: number;
}

/** Integral of the step function up to any moment, found by bisection: a mean over a stretch is two look-ups. */
function integrate({ segments }: LoadWindow): (atMs: number) => IntegralPoint {
  const starts: IntegralPoint[] = [];
  let sum = 0;
  let knownMs = 0;
  for (const { fromMs, toMs, queued, sent } of segments) {
    starts.push({ sum, knownMs });
    sum += (queued + sent) * (toMs - fromMs);
    knownMs += toMs - fromMs;
  }
  return (atMs) => {
    let low = 0;
    let high = segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((segments[middle]?.fromMs ?? 0) <= atMs) low = middle + 1;
      else high = middle;
    }
    const segment = segments[low - 1];
    const start = starts[low - 1];
    if (segment === undefined || start === undefined) return { sum: 0, knownMs: 0 };
    const ms = Math.min(atMs, segment.toMs) - segment.fromMs;
    return { sum: start.sum + (segment.queued + segment.sent) * ms, knownMs: start.knownMs + ms };
  };
}
