import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  createHistogram,
  emptyPack,
  meanMs,
  mergePacks,
  packHistogram,
  quantileMs,
  recordDuration,
  relativeError,
  unpackHistogram,
} from "./histogram.ts";
import type { HistogramPack } from "./histogram.ts";

/** From a microsecond to a day, evenly over the orders of magnitude. */
const duration = fc.double({ min: Math.log(0.0011), max: Math.log(86_400_000), noNaN: true }).map(Math.exp);
const durations = fc.array(duration, { minLength: 1, maxLength: 200 });

function packOf(values: readonly number[]): HistogramPack {
  const histogram = createHistogram();
  for (const value of values) recordDuration(histogram, value);
  return packHistogram(histogram);
}

describe("histogram", () => {
  it("answers every percentile within 2 % of the value of that rank", () => {
    fc.assert(
      fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const exact = [...values].sort((a, b) => a - b)[Math.floor(q * (values.length - 1))] ?? Number.NaN;
        const found = quantileMs(packOf(values), q) ?? Number.NaN;
        expect(Math.abs(found - exact) / exact).toBeLessThanOrEqual(relativeError + 1e-9);
      }),
    );
  });

  it("merges to the histogram of all values, in any grouping and order", () => {
    fc.assert(
      fc.property(durations, durations, durations, (a, b, c) => {
        const [pa, pb, pc] = [packOf(a), packOf(b), packOf(c)];
        const all = packOf([...a, ...b, ...c]);
        for (const merged of [
          mergePacks([pa, pb, pc]),
          mergePacks([mergePacks([pa, pb]), pc]),
          mergePacks([pa, mergePacks([pc, pb])]),
        ]) {
          expect(merged.buckets).toEqual(all.buckets);
          expect(merged.count).toBe(all.count);
          expect(merged.sumMs).toBeCloseTo(all.sumMs, 3);
        }
      }),
    );
  });

  it("survives packing, JSON and unpacking", () => {
    fc.assert(
      fc.property(durations, (values) => {
        const pack = packOf(values);
        const again = packHistogram(unpackHistogram(JSON.parse(JSON.stringify(pack)) as HistogramPack));
        expect(again).toEqual(pack);
      }),
    );
  });

  it("keeps values outside its range at the ends, and answers null without values", () => {
    const pack = packOf([0, -1, Number.NaN, 1e12]);
    expect(pack.count).toBe(4);
    expect(pack.buckets).toHaveLength(2);
    expect(quantileMs(pack, 0)).toBeLessThan(0.0011);
    expect(quantileMs(emptyPack, 0.5)).toBeNull();
    expect(meanMs(emptyPack)).toBeNull();
    expect(meanMs(packOf([1, 3]))).toBe(2);
  });
});
