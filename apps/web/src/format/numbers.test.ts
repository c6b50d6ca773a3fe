import { describe, expect, it } from "vitest";
import { formatAxis, formatBytes, formatMeasured, formatNumber, formatPercent, plural, shortHash } from "./numbers.ts";

describe("figures on screen", () => {
  it.each([
    [412.3, "412"],
    [12_418, "12,418"],
    [18.44, "18.4"],
    [3.1, "3.1"],
    [3, "3"],
    [0.0213, "0.021"],
    [0, "0"],
  ])("%d reads %s", (value, text) => expect(formatNumber(value)).toBe(text));

  it("say `no data` instead of zero when nothing was measured", () => {
    expect(formatNumber(null)).toBe("no data");
    expect(formatNumber(Number.NaN)).toBe("no data");
    expect(formatPercent(null)).toBe("no data");
    expect(formatBytes(null)).toBe("no data");
  });

  it.each([
    [0, "0"],
    [0.002, "< 0.1"],
    [0.099, "< 0.1"],
    [0.1, "0.1"],
    [1, "1"],
    [3.14, "3.1"],
    [9.94, "9.9"],
    [9.96, "10"],
    [18.44, "18"],
    [412.3, "412"],
    [12_418.2, "12,418"],
    [null, "no data"],
  ])("measured over a window, %s reads %s", (value, text) => expect(formatMeasured(value)).toBe(text));

  it.each([
    [0, "0"],
    [0.25, "0.25"],
    [500, "500"],
    [2_500, "2.5k"],
    [10_000, "10k"],
    [200_000, "200k"],
    [1_000_000, "1M"],
  ])("at an axis %s reads %s, short enough to stand there whole", (value, text) =>
    expect(formatAxis(value)).toBe(text),
  );

  it("carry their unit", () => {
    expect(formatBytes(165_558)).toBe("162 KiB");
    expect(formatBytes(900)).toBe("900 B");
    expect(formatPercent(90)).toBe("90 %");
    expect(formatPercent(33.33)).toBe("33.3 %");
    expect(plural(1, "replica")).toBe("1 replica");
    expect(plural(3, "replica")).toBe("3 replicas");
  });

  it("shortens hashes to both ends", () => expect(shortHash("9f2c".padEnd(60, "0") + "41ab")).toBe("9f2c…41ab"));
});
