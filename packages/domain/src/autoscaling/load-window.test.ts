import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoadWindow } from "./load-window.ts";
import { EMPTY_LOAD_WINDOW, aggregateLoad, appendLoad, measureKnownMs, measureQueueFullMs } from "./load-window.ts";
import { findPeakLoad } from "./peak-load.ts";

type Sample = readonly [atMs: number, queued: number, sent: number] | readonly [atMs: number, none: null];

function windowOf(samples: readonly Sample[], keepMs = 60_000): LoadWindow {
  return samples.reduce((window, sample) => {
    const load = sample[1] === null ? null : { queued: sample[1], sent: sample[2] ?? 0 };
    return appendLoad(window, sample[0], load, keepMs);
  }, EMPTY_LOAD_WINDOW);
}

const steps = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 900 }), fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 50 })), {
    minLength: 1,
    maxLength: 60,
  })
  .map((parts) => {
    let atMs = 0;
    return parts.map(([stepMs, queued, sent]): Sample => [(atMs += stepMs), queued, sent]);
  });

describe("LoadWindow", () => {
  it("weighs each sample with the time since the sample before it", () => {
    const window = windowOf([
      [0, 0, 0],
      [300, 0, 10],
      [1000, 2, 18],
    ]);
    expect(aggregateLoad(window, "mean", 0, 1000)).toBe((300 * 10 + 700 * 20) / 1000);
    expect(aggregateLoad(window, "max", 0, 1000)).toBe(20);
    expect(aggregateLoad(window, "min", 0, 1000)).toBe(0);
    expect(aggregateLoad(window, "mean", 500, 1000)).toBe(20);
  });

  it("leaves silence out instead of counting it as zero", () => {
    const window = windowOf([
      [0, 0, 4],
      [500, 0, 4],
      [1000, null],
      [5000, null],
      [5500, 0, 8],
      [6000, 0, 8],
    ]);
    expect(measureKnownMs(window, 0, 6000)).toBe(1000);
    expect(aggregateLoad(window, "mean", 0, 6000)).toBe(6);
    expect(
      windowOf([
        [0, 0, 4],
        [500, null],
      ]).newest,
    ).toBeNull();
  });

  it("does not let a sample speak for a stall of the one who samples", () => {
    const window = windowOf([
      [0, 0, 4],
      [60_000, 0, 4],
    ]);
    expect(measureKnownMs(window, 0, 60_000)).toBe(0);
    expect(aggregateLoad(window, "mean", 59_000, 60_000)).toBe(4);
  });

  it("takes the first sample after silence as it is, and nothing as nothing", () => {
    expect(aggregateLoad(windowOf([[700, 3, 4]]), "mean", 0, 700)).toBe(7);
    expect(aggregateLoad(EMPTY_LOAD_WINDOW, "mean", 0, 700)).toBeNull();
    expect(aggregateLoad(EMPTY_LOAD_WINDOW, "max", 0, 700)).toBeNull();
  });

  it("needs constant memory for constant load and forgets what is older than it keeps", () => {
    const constant = windowOf(Array.from({ length: 5000 }, (_, index): Sample => [index * 250, 1, 2]));
    expect(constant.segments).toHaveLength(1);
    const changing = windowOf(
      Array.from({ length: 5000 }, (_, index): Sample => [index * 250, index, 2]),
      10_000,
    );
    expect(changing.segments.length).toBeLessThanOrEqual(41);
  });

  it("knows since when the queue is full", () => {
    const window = windowOf([
      [0, 1, 0],
      [250, 9, 5],
      [500, 12, 5],
      [750, 9, 5],
    ]);
    expect(measureQueueFullMs(window, 9)).toBe(750);
    expect(measureQueueFullMs(window, 10)).toBe(0);
    expect(
      measureQueueFullMs(
        windowOf([
          [0, 9, 0],
          [250, null],
          [500, 9, 0],
        ]),
        9,
      ),
    ).toBe(0);
  });

  it("finds the busiest stretch exactly: no stretch on a fine grid is busier, and one is as busy", () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 100, max: 3000 }), (samples, spanMs) => {
        const window = windowOf(samples);
        const toMs = samples.at(-1)?.[0] ?? 0;
        const fromMs = Math.max(0, toMs - 5000);
        const peak = findPeakLoad(window, spanMs, fromMs, toMs);
        const grid: number[] = [];
        for (let endMs = fromMs + spanMs; endMs <= toMs; endMs += 1) {
          if (measureKnownMs(window, endMs - spanMs, endMs) < spanMs) continue;
          grid.push(aggregateLoad(window, "mean", endMs - spanMs, endMs) ?? 0);
        }
        const whole = aggregateLoad(window, "mean", fromMs, toMs);
        expect(peak).toBeCloseTo(
          grid.length === 0 || spanMs >= toMs - fromMs ? (whole ?? Number.NaN) : Math.max(...grid),
          6,
        );
      }),
      { numRuns: 400 },
    );
  });
});
