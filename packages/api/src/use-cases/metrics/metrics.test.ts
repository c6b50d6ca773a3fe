import { describe, expect, it } from "vitest";
import { replicaCountVariant } from "@sluice/contracts";
import { coverageOf, createHistogram, packHistogram, recordDuration } from "@sluice/domain";
import type { MetricPoint } from "@sluice/db";
import { readMetricNames, readMetricRange, readTime } from "./metric-range.ts";
import { chartOf, groupPoints, newestMsOf, seriesOf, totalsOf, wholeRangeOf } from "./metric-series.ts";

const nowMs = Date.UTC(2026, 0, 31, 12);

describe("time ranges", () => {
  it.each([
    ["now", nowMs],
    ["15m", nowMs - 900_000],
    ["now-2h", nowMs - 7_200_000],
    ["7d", nowMs - 604_800_000],
    ["2026-01-31T11:00:00Z", nowMs - 3_600_000],
    [String(nowMs - 1), nowMs - 1],
    ["yesterday", null],
    ["", null],
    ["15", null],
  ])("reads %j", (text, expected) => {
    expect(readTime(text, nowMs)).toBe(expected);
  });

  it("picks a step that gives at most 360 points and is a multiple of 10 s", () => {
    for (const from of ["1m", "15m", "1h", "13h", "7d", "90d"]) {
      const { fromMs, toMs, stepMs } = readMetricRange({ from, to: "now" }, nowMs);
      expect((toMs - fromMs) / stepMs, from).toBeLessThanOrEqual(360);
      expect(stepMs % 10_000, from).toBe(0);
    }
  });

  it.each([
    [{ from: "soon", to: "now" }, "#/from"],
    [{ from: "now", to: "15m" }, "#/from"],
    [{ from: "15m", to: "now", step: 7 }, "#/step"],
    [{ from: "90d", to: "now", step: 10 }, "#/step"],
    [{ from: "300d", to: "now" }, "#/from"],
  ])("refuses %j at its field", (query, pointer) => {
    try {
      readMetricRange(query, nowMs);
      expect.unreachable();
    } catch (error) {
      expect((error as { issues: { pointer: string }[] }).issues[0]?.pointer).toBe(pointer);
    }
  });

  it("refuses an unknown metric and lists those there are", () => {
    expect(readMetricNames("throughput, latency_p99,throughput")).toEqual(["throughput", "latency_p99"]);
    expect(() => readMetricNames("throughput,speed")).toThrow(/speed.*latency_p99/s);
  });
});

const pointAt = (
  windowStartMs: number,
  revision: number,
  codes: Record<string, number>,
  ms: readonly number[],
): MetricPoint => {
  const histogram = createHistogram();
  for (const value of ms) recordDuration(histogram, value);
  const part = {
    statusCounts: codes,
    latency: packHistogram(histogram),
    ongoingMean: 2,
    ongoingMax: 3,
    queuedMean: 0,
    queuedMax: 0,
    retries: 0,
  };
  return {
    key: { application: "a", deployment: "", revision, variant: `r${revision}` },
    windowStartMs,
    parts: { "gateway/one/abc": { ...part, coveredMs: 10_000 } },
  };
};
const start = nowMs - 30_000;
const range = { fromMs: start, toMs: nowMs, stepMs: 10_000, nowMs };

describe("series from stored windows", () => {
  const points = [
    pointAt(
      start,
      1,
      { "200": 90, "503": 10 },
      Array.from({ length: 100 }, () => 10),
    ),
    pointAt(
      start,
      2,
      { "200": 100 },
      Array.from({ length: 100 }, () => 1000),
    ),
    pointAt(
      start + 20_000,
      1,
      { "200": 50 },
      Array.from({ length: 50 }, () => 10),
    ),
  ];
  const [all] = groupPoints(points, "none");

  it("adds up revisions, or keeps them apart", () => {
    const throughput = seriesOf("throughput", all!, chartOf(all!, range));
    expect(throughput[0]?.points.map(([, value]) => value)).toEqual([20, null, 5]);
    const groups = groupPoints(points, "revision");
    expect(groups.map((group) => group.labels)).toEqual([{ revision: "1" }, { revision: "2" }]);
    expect(seriesOf("throughput", groups[1]!, chartOf(groups[1]!, range))[0]?.points[2]?.[1]).toBe(null);
  });

  it("shows a gap as null, never as zero, also for error codes", () => {
    const errors = seriesOf("errors", all!, chartOf(all!, range));
    expect(errors.map((series) => series.labels)).toEqual([{ code: "503" }]);
    expect(errors[0]?.points.map(([, value]) => value)).toEqual([1, null, 0]);
    expect(seriesOf("error_rate", all!, chartOf(all!, range))[0]?.points[0]?.[1]).toBe(5);
  });

  it("takes the percentile of the whole range from all requests, not from the points' percentiles", () => {
    const [total] = totalsOf("latency_p50", all!, wholeRangeOf(all!));
    // 150 of 250 requests took 10 ms, though the median of one of the two points lies far above.
    expect(total?.value).toBeGreaterThan(9.7);
    expect(total?.value).toBeLessThan(10.3);
    expect(total?.count).toBe(250);
    expect(totalsOf("throughput", all!, wholeRangeOf(all!))[0]?.value).toBeCloseTo(250 / 20);
  });

  it("gives revisions rates that add up to the rate of the application, though one began later", () => {
    const groups = groupPoints(points, "revision");
    const coverage = coverageOf(groups.flatMap((group) => group.windows));
    const rates = groups.map((group) => totalsOf("throughput", group, wholeRangeOf(group, coverage))[0]?.value ?? 0);
    const whole = totalsOf("throughput", all!, wholeRangeOf(all!))[0]?.value ?? 0;
    expect(rates[0]! + rates[1]!).toBeCloseTo(whole);
  });

  it("has no totals and no age without data", () => {
    const [none] = groupPoints([], "none");
    expect(totalsOf("throughput", none!, wholeRangeOf(none!))[0]?.value).toBe(null);
    expect(newestMsOf([none!])).toBe(null);
    expect(newestMsOf([all!])).toBe(start + 30_000);
  });
});

describe("replica counts", () => {
  const counted = (application: string, windowStartMs: number, wanted: number, ready: number): MetricPoint => {
    const base = pointAt(windowStartMs, 0, {}, []);
    const parts = Object.fromEntries(
      Object.entries(base.parts).map(([life, part]) => [life, { ...part, replicas: { wanted, ready } }]),
    );
    return { ...base, key: { ...base.key, application, variant: replicaCountVariant }, parts };
  };
  const [group] = groupPoints(
    [counted("a", start, 2, 0), counted("a", start + 20_000, 2, 1), counted("b", start + 20_000, 3, 3)],
    "none",
  );
  const values = (metric: "replicas_ready" | "replicas_wanted") =>
    seriesOf(metric, group!, chartOf(group!, range))[0]?.points.map(([, value]) => value);

  it("are what the controller last said, summed over applications, with a gap where it said nothing", () => {
    expect(values("replicas_wanted")).toEqual([2, null, 5]);
    expect(values("replicas_ready")).toEqual([0, null, 4]);
  });

  it("total to the newest word, not to a mean over the range", () => {
    expect(totalsOf("replicas_ready", group!, wholeRangeOf(group!))[0]?.value).toBe(4);
  });
});
