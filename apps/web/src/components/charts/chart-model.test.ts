import { describe, expect, it } from "vitest";
import { axisTicks, axisTop, latestOf, nearestMoment, toRows } from "./chart-model.ts";
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

describe("the axis", () => {
  it.each([0.02, 0.7, 3.1, 18.4, 55, 412, 980, 12_418])("has room above %d and round thirds", (largest) => {
    const top = axisTop([series("a", [[0, largest]])]);
    expect(top).toBeGreaterThan(largest);
    expect(top).toBeLessThan(largest * 1.8);
    expect(axisTicks(top)).toHaveLength(4);
  });

  it("counts replicas in whole numbers", () => {
    expect(axisTop([series("a", [[0, 1]])], true)).toBe(3);
    expect(axisTop([series("a", [[0, 0]])], true) % 3).toBe(0);
  });
});

describe("the newest value", () => {
  it("looks back over the window that is still open, but not over a real gap", () => {
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
        [30, null],
      ]),
    ).toBeNull();
    expect(latestOf([])).toBeNull();
  });
});

it("the crosshair snaps to the nearest measured moment", () => {
  expect(nearestMoment([0, 10, 20], 14)).toBe(10);
  expect(nearestMoment([], 14)).toBeUndefined();
});
