import { describe, expect, it } from "vitest";
import {
  isolatedMoments,
  latestOf,
  nearestMoment,
  newestMoment,
  timeTicks,
  toRows,
  valueTicks,
} from "./chart-model.ts";
import type { ChartSeries } from "./chart-model.ts";

const series = (key: string, points: [number, number | null][]): ChartSeries => ({
  key,
  label: key,
  colour: "var(--s1)",
  points,
});

describe("rows of a chart", () => {
  it("keep gaps as null, also where a series has no point at all", () => {
    const rows = toRows([
      series("r1", [
        [0, 5],
        [10, null],
      ]),
      series("r2", [[10, 2]]),
    ]);
    expect(rows).toEqual([
      { at: 0, r1: 5, r2: null },
      { at: 10, r1: null, r2: 2 },
    ]);
  });

  it("are in order of time whatever the order of series", () => {
    expect(toRows([series("b", [[20, 1]]), series("a", [[10, 1]])]).map((row) => row.at)).toEqual([10, 20]);
  });
});

describe("the value axis", () => {
  it.each([
    [0.02, [0, 0.01, 0.02, 0.03]],
    [0.7, [0, 0.2, 0.4, 0.6, 0.8]],
    [3.1, [0, 1, 2, 3, 4]],
    [18.4, [0, 5, 10, 15, 20]],
    [188, [0, 50, 100, 150, 200]],
    [12_418, [0, 5000, 10_000, 15_000]],
  ])("has round ticks and room above %d", (largest, ticks) => {
    expect(valueTicks([series("a", [[0, largest]])])).toEqual(ticks);
  });

  it("counts replicas in whole numbers", () => {
    expect(valueTicks([series("a", [[0, 1]])], true)).toEqual([0, 1, 2]);
    expect(valueTicks([series("a", [[0, 0]])], true)).toEqual([0, 1, 2]);
    expect(valueTicks([series("a", [[0, 9]])], true).every(Number.isInteger)).toBe(true);
  });
});

describe("the time axis", () => {
  const at = (text: string): number => Date.parse(text);

  it("stands at round minutes", () => {
    expect(timeTicks(at("2026-03-01T13:49:10Z"), at("2026-03-01T14:04:10Z"), 0)).toEqual(
      [
        "2026-03-01T13:51:00Z",
        "2026-03-01T13:54:00Z",
        "2026-03-01T13:57:00Z",
        "2026-03-01T14:00:00Z",
        "2026-03-01T14:03:00Z",
      ].map(at),
    );
  });

  it("begins days at the midnight of the reader", () => {
    const ticks = timeTicks(at("2026-03-01T00:00:00Z"), at("2026-03-05T00:00:00Z"), 2 * 3_600_000);
    expect(ticks[0]).toBe(at("2026-03-01T22:00:00Z"));
  });
});

it("a window between two gaps is known, since a line would not show it", () => {
  const points = [
    [0, 1],
    [10, null],
    [20, 2],
    [30, null],
    [40, 3],
    [50, 4],
  ] as const;
  expect([...isolatedMoments(points)]).toEqual([0, 20]);
});

describe("the newest value", () => {
  it("looks back over the window that is still open, but not over a gap", () => {
    expect(
      latestOf([
        [0, 4],
        [10, null],
      ]),
    ).toBe(4);
    expect(
      latestOf([
        [0, 4],
        [10, null],
        [20, null],
      ]),
    ).toBeNull();
    expect(latestOf([])).toBeNull();
  });

  it("of several metrics is taken at one moment", () => {
    expect(
      newestMoment([
        [0, 4],
        [10, 0],
      ]),
    ).toBe(10);
    expect(
      newestMoment([
        [0, 4],
        [10, null],
      ]),
    ).toBe(0);
    expect(
      newestMoment([
        [0, 4],
        [10, null],
        [20, null],
      ]),
    ).toBeNull();
  });
});

it("the crosshair snaps to the nearest measured moment", () => {
  expect(nearestMoment([0, 10, 20], 14)).toBe(10);
  expect(nearestMoment([], 14)).toBeUndefined();
});
