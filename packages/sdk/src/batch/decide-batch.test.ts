import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { planBatchSettings } from "./batch-settings.ts";
import { observeBatch, predictBatchMs, unknownBatchTime } from "./batch-time.ts";
import type { BatchTime } from "./batch-time.ts";
import { decideBatch } from "./decide-batch.ts";
import type { BatchMoment } from "./decide-batch.ts";

/** A model that has seen t(size) = fixedMs + perItemMs * size at many sizes. */
function learnt(fixedMs: number, perItemMs: number): BatchTime {
  let time = unknownBatchTime;
  for (let round = 0; round < 40; round += 1) {
    const size = 1 + (round % 16);
    time = observeBatch(time, size, fixedMs + perItemMs * size);
  }
  return time;
}

function moment(given: Partial<BatchMoment>): BatchMoment {
  return {
    size: 1,
    isFull: false,
    oldestAgeMs: 0,
    sinceArrivalMs: 0,
    gapMs: 1,
    peakOutstanding: 100,
    outstanding: 1,
    ageBehindMs: () => 0,
    time: learnt(10, 1),
    ...given,
  };
}

describe("without a target", () => {
  const settings = planBatchSettings({ maxBatchSize: 8, batchWaitTimeoutS: 0.02 });
  it.each([
    ["full whatever its age", { size: 8, isFull: true }, settings, { size: 8, waitMs: 0, reason: "full" }],
    [
      "waits for the rest of the timeout",
      { size: 3, oldestAgeMs: 5 },
      settings,
      { size: 3, waitMs: 15, reason: "timeout" },
    ],
    ["timeout reached", { size: 3, oldestAgeMs: 20 }, settings, { size: 3, waitMs: 0, reason: "timeout" }],
    ["timeout long past", { size: 3, oldestAgeMs: 90 }, settings, { size: 3, waitMs: 0, reason: "timeout" }],
    ["never waits", { size: 3 }, planBatchSettings({ batchWaitTimeoutS: 0 }), { size: 3, waitMs: 0, reason: "idle" }],
  ] as const)("%s", (_, given, used, wanted) => {
    expect(decideBatch(moment(given), used)).toEqual(wanted);
  });
});

describe("with a target of 100 ms, a batch costing 10 ms + 1 ms per item", () => {
  const settings = planBatchSettings({ maxBatchSize: 64, targetP99Ms: 100 });
  const capped = planBatchSettings({ maxBatchSize: 64, targetP99Ms: 100, batchWaitTimeoutS: 0.005 });
  it.each([
    ["full is released", { size: 64, isFull: true }, settings, 64, 0, "full"],
    ["still learning: nothing waits", { size: 2, time: unknownBatchTime }, settings, 2, 0, "idle"],
    [
      "waits while arrivals flow, at most three gaps or the fixed cost of silence",
      { size: 4 },
      settings,
      4,
      10,
      "idle",
    ],
    ["silence since the last arrival", { size: 4, sinceArrivalMs: 10 }, settings, 4, 0, "idle"],
    ["nobody else is in the house", { size: 4, outstanding: 4, peakOutstanding: 4 }, settings, 4, 0, "idle"],
    ["the first item has no more time", { size: 4, oldestAgeMs: 84.1 }, settings, 4, 0, "target"],
    ["the first item has a little time", { size: 4, oldestAgeMs: 80 }, settings, 4, 4, "target"],
    ["a timeout that was asked for still holds", { size: 4, oldestAgeMs: 2 }, capped, 4, 3, "timeout"],
    // 40 wait: 50 ms; the first has 40 ms left less the spread: 29 go, and the 11 behind, with the 8
    // that join them meanwhile, end 29 ms later, well in time.
    [
      "cut so that first and last are in time",
      { size: 40, oldestAgeMs: 59, outstanding: 40, gapMs: 5 },
      settings,
      29,
      0,
      "target",
    ],
    // Those behind would be late in any case: throughput first.
    [
      "a cut that only moves the lateness is not made",
      { size: 40, oldestAgeMs: 59, gapMs: 5, ageBehindMs: () => 58 },
      settings,
      40,
      0,
      "target",
    ],
    ["late in any case: all go", { size: 5, oldestAgeMs: 500 }, settings, 5, 0, "target"],
    ["late in any case and full: all go", { size: 64, isFull: true, oldestAgeMs: 500 }, settings, 64, 0, "full"],
    // At a gap of 0.1 ms, 64 more come while 5 run: t(5) + t(64) = 89 <= 99; at a batch time of 35 + 1 they would be late.
    [
      "those who come while it runs are late otherwise",
      { size: 4, gapMs: 0.1, time: learnt(35, 1) },
      settings,
      4,
      0,
      "target",
    ],
  ] as const)("%s", (_, given, used, size, waitMs, reason) => {
    const decision = decideBatch(moment(given), used);
    expect(decision).toMatchObject({ size, reason });
    expect(decision.waitMs).toBeCloseTo(waitMs, 0);
  });

  it("never lets the first item wait beyond what the target leaves, and releases at least one item, for any moment", () => {
    const times = fc.tuple(fc.double({ min: 0, max: 50, noNaN: true }), fc.double({ min: 0, max: 5, noNaN: true }));
    fc.assert(
      fc.property(
        times,
        fc.integer({ min: 1, max: 64 }),
        fc.double({ min: 0, max: 200, noNaN: true }),
        fc.double({ min: 0.01, max: 50, noNaN: true }),
        fc.integer({ min: 1, max: 200 }),
        ([fixedMs, perItemMs], size, oldestAgeMs, gapMs, peakOutstanding) => {
          const time = learnt(fixedMs, perItemMs);
          const given = { size, isFull: size === 64, oldestAgeMs, gapMs, peakOutstanding, outstanding: size, time };
          const decision = decideBatch(moment({ ...given, ageBehindMs: () => oldestAgeMs / 2 }), settings);
          expect(decision.size).toBeGreaterThanOrEqual(1);
          expect(decision.size).toBeLessThanOrEqual(size);
          expect(decision.waitMs).toBeGreaterThanOrEqual(0);
          if (decision.waitMs > 0) {
            expect(oldestAgeMs + decision.waitMs + predictBatchMs(time, decision.size)).toBeLessThanOrEqual(100);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe("the model of batch times", () => {
  it("finds fixed and per-item cost from noisy batches, and follows when they change", () => {
    let time = unknownBatchTime;
    const run = (fixedMs: number, perItemMs: number): void => {
      for (let round = 0; round < 200; round += 1) {
        const size = 1 + ((round * 7) % 32);
        const noise = ((round * 13) % 11) / 11 - 0.5;
        time = observeBatch(time, size, fixedMs + perItemMs * size + noise);
      }
    };
    run(5, 0.5);
    expect(time.fixedMs).toBeGreaterThan(4);
    expect(time.fixedMs).toBeLessThan(6);
    expect(predictBatchMs(time, 32)).toBeGreaterThan(20);
    expect(predictBatchMs(time, 32)).toBeLessThan(22);
    run(20, 2);
    expect(predictBatchMs(time, 32)).toBeGreaterThan(80);
    expect(predictBatchMs(time, 32)).toBeLessThan(88);
  });

  it("is not misled by one slow batch, and takes half of the time as fixed while all sizes are the same", () => {
    let time = unknownBatchTime;
    for (let round = 0; round < 50; round += 1) time = observeBatch(time, 8, 16);
    expect(time.fixedMs).toBeCloseTo(8, 5);
    expect(time.perItemMs).toBeCloseTo(1, 5);
    time = observeBatch(time, 8, 5_000);
    expect(predictBatchMs(time, 8)).toBeLessThan(18.5);
  });

  it("never predicts that more items take less time, whatever was seen", () => {
    const seen = fc.array(fc.tuple(fc.integer({ min: 1, max: 64 }), fc.double({ min: 0, max: 1e4, noNaN: true })), {
      minLength: 1,
      maxLength: 60,
    });
    fc.assert(
      fc.property(seen, (batches) => {
        const time = batches.reduce((model, [size, tookMs]) => observeBatch(model, size, tookMs), unknownBatchTime);
        expect(time.perItemMs).toBeGreaterThanOrEqual(0);
        expect(time.fixedMs).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(predictBatchMs(time, 64))).toBe(true);
      }),
    );
  });
});
