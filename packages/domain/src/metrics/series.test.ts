import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createHistogram, packHistogram, recordDuration } from "./histogram.ts";
import { buildSeries } from "./series.ts";
import { combineParts, mergeParts } from "./window-merge.ts";
import type { CombinedWindow, ReporterPart } from "./window-merge.ts";

function latencyOf(...values: number[]) {
  const histogram = createHistogram();
  for (const value of values) recordDuration(histogram, value);
  return packHistogram(histogram);
}

function buildPart(overrides: Partial<ReporterPart> = {}): ReporterPart {
  return {
    reporter: "g1",
    incarnation: "x",
    coveredMs: 10_000,
    statusCounts: { "200": 10 },
    latency: latencyOf(5),
    ongoingMean: 1,
    ongoingMax: 2,
    queuedMean: 0,
    queuedMax: 0,
    retries: 0,
    ...overrides,
  };
}

function buildWindow(windowStartMs: number, overrides: Partial<ReporterPart> = {}): CombinedWindow {
  return combineParts(windowStartMs, [buildPart(overrides)]);
}

describe("mergeParts", () => {
  it("replaces a resend of the same life and adds others", () => {
    const first = buildPart({ coveredMs: 4000, statusCounts: { "200": 4 } });
    const resent = buildPart({ coveredMs: 5000, statusCounts: { "200": 5 } });
    const other = buildPart({ reporter: "g2", statusCounts: { "200": 7, "503": 1 } });
    const parts = mergeParts(mergeParts([], [first]), [resent, other]);
    expect(combineParts(0, parts).statusCounts).toEqual({ "200": 12, "503": 1 });
  });

  it("drops a resend that comes late", () => {
    const newer = buildPart({ coveredMs: 5000, statusCounts: { "200": 5 } });
    const older = buildPart({ coveredMs: 4000, statusCounts: { "200": 4 } });
    expect(mergeParts([newer], [older])).toEqual([newer]);
  });

  it("gives the same in any order and with repetitions", () => {
    const part = fc.record({
      reporter: fc.constantFrom("g1", "g2"),
      incarnation: fc.constantFrom("x", "y"),
      coveredMs: fc.integer({ min: 1, max: 10 }).map((s) => s * 1000),
    });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (sent) => {
        // Totals are a function of covered time, as in a real life.
        const parts = sent.map((p) => buildPart({ ...p, statusCounts: { "200": p.coveredMs } }));
        const once = combineParts(0, mergeParts([], parts));
        const twice = combineParts(0, mergeParts(mergeParts([], [...parts].reverse()), parts));
        expect(twice.statusCounts).toEqual(once.statusCounts);
        expect(twice.coveredMs).toBe(once.coveredMs);
      }),
    );
  });
});

describe("combineParts", () => {
  it("adds reporters side by side, and lives of one reporter one after the other", () => {
    const parts = [
      buildPart({ incarnation: "x", coveredMs: 4000, ongoingMean: 10, ongoingMax: 12 }),
      buildPart({ incarnation: "y", coveredMs: 5000, ongoingMean: 10, ongoingMax: 20 }),
      buildPart({ reporter: "g2", coveredMs: 9000, ongoingMean: 1, ongoingMax: 3 }),
    ];
    const window = combineParts(0, parts);
    expect(window.coveredMs).toBe(9000);
    expect(window.ongoingMean).toBeCloseTo(11);
    expect(window.ongoingMax).toBe(23);
  });
});

describe("buildSeries", () => {
  const base = { fromMs: 0, toMs: 40_000, stepMs: 10_000, windowMs: 10_000, nowMs: 35_000 };

  it("takes rates from covered time, keeps gaps and marks what is still filling", () => {
    const windows = [
      buildWindow(0),
      buildWindow(10_000, { coveredMs: 5000 }),
      buildWindow(30_000, { coveredMs: 5000, statusCounts: {}, latency: latencyOf() }),
    ];
    const points = buildSeries({ ...base, windows });
    expect(points.map((p) => p.ratePerS)).toEqual([1, 2, null, 0]);
    expect(points.map((p) => p.p50Ms !== null)).toEqual([true, true, false, false]);
    expect(points.map((p) => p.partial)).toEqual([false, false, false, true]);
    expect(points.map((p) => p.errorShare)).toEqual([0, 0, null, null]);
  });

  it("takes percentiles of a long step from merged histograms, not from percentiles", () => {
    const many = Array.from({ length: 99 }, () => 1);
    const windows = [
      buildWindow(0, { latency: latencyOf(...many) }),
      buildWindow(10_000, { latency: latencyOf(1000) }),
    ];
    const [point] = buildSeries({ ...base, windows, stepMs: 20_000 });
    expect(point?.p50Ms).toBeCloseTo(1, 1);
    expect(point?.p95Ms).toBeCloseTo(1, 1);
    expect(point?.coveredMs).toBe(20_000);
  });

  it("adds several series of the same window without counting its time twice", () => {
    const windows = [buildWindow(0), buildWindow(0, { statusCounts: { "500": 10 } })];
    const [point] = buildSeries({ ...base, windows });
    expect(point).toMatchObject({ ratePerS: 2, errorsPerS: 1, errorShare: 0.5, ongoingMean: 2, ongoingMax: 4 });
  });

  it("raises a step to a multiple of the window", () => {
    expect(buildSeries({ ...base, windows: [], stepMs: 12_000 }).map((p) => p.atMs)).toEqual([0, 20_000]);
  });
});
