import { describe, expect, it } from "vitest";
import { median, percentile, round, spread } from "./statistics.ts";

describe("statistics", () => {
  it("takes the middle of an odd count and the mean of the middle two of an even one", () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(median([])).toBeNaN();
  });

  it("answers percentiles by nearest rank", () => {
    const samples = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(percentile(samples, 0.99)).toBe(99);
    expect(percentile(samples, 1)).toBe(100);
    expect(percentile([7], 0.5)).toBe(7);
  });

  it("writes spread and figures short", () => {
    expect(spread([1.23456, 9])).toBe("1.235..9");
    expect(round(12345.6)).toBe("12346");
  });
});
