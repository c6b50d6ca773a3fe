import { describe, expect, it } from "vitest";
import {
  describeTimeRange,
  parseTimeRange,
  presetRanges,
  printTimeRange,
  queryBounds,
  timeRangeOf,
} from "./time-range.ts";

describe("parseTimeRange", () => {
  it("reads a number with a unit, in any case and with fractions", () => {
    expect(parseTimeRange("15m")).toEqual({ kind: "last", durationMs: 900_000 });
    expect(parseTimeRange(" 13H ")).toEqual({ kind: "last", durationMs: 13 * 3_600_000 });
    expect(parseTimeRange("1.5h")).toEqual({ kind: "last", durationMs: 5_400_000 });
  });

  it("reads two times as ISO or as epoch milliseconds", () => {
    expect(parseTimeRange("2026-03-01T12:00:00Z/2026-03-01T13:00:00Z")).toEqual({
      kind: "span",
      fromMs: Date.UTC(2026, 2, 1, 12),
      toMs: Date.UTC(2026, 2, 1, 13),
    });
    expect(parseTimeRange("1772366400000/1772370000000")).toMatchObject({ kind: "span" });
  });

  it.each(["", "soon", "15", "10s", "91d", "2026-03-01/2026-02-01", "a/b", "1/2/3"])(
    "refuses %j and says what would be right",
    (text) => {
      const answer = parseTimeRange(text);
      expect("problem" in answer && answer.problem.length > 5).toBe(true);
    },
  );

  it("prints every preset as it was read", () => {
    for (const preset of presetRanges) {
      const range = parseTimeRange(preset);
      expect("problem" in range ? undefined : printTimeRange(range)).toBe(preset);
    }
  });
});

describe("a range from the URL", () => {
  it("falls back to 15 minutes when it cannot be read", () => {
    expect(timeRangeOf("nonsense")).toEqual({ kind: "last", durationMs: 900_000 });
    expect(timeRangeOf(null)).toEqual({ kind: "last", durationMs: 900_000 });
  });

  it("becomes the bounds of a metrics query and a few words", () => {
    expect(queryBounds(timeRangeOf("1h"))).toEqual({ from: "60m", to: "now" });
    expect(describeTimeRange(timeRangeOf("15m"))).toBe("last 15 min");
    expect(describeTimeRange(timeRangeOf("7d"))).toBe("last 7 d");
  });
});
