import { MetricWindow, WindowReport } from "@sluice/contracts";
import type { SeriesKey } from "@sluice/contracts";
import { describe, expect, test } from "vitest";
import { WindowReporter } from "./window-reporter.ts";
import type { WindowReporterOptions } from "./window-reporter.ts";

const key: SeriesKey = { application: "digits", deployment: "", revision: 2, variant: "r2" };
const start = 1_700_000_000_000;

function reporterAt(startMs: number, options: Partial<WindowReporterOptions> = {}) {
  const clock = { now: startMs };
  const reporter = new WindowReporter({ reporter: "gw-1", incarnation: "i1", now: () => clock.now, ...options });
  return { clock, reporter };
}

describe("WindowReporter", () => {
  test("reports the open window with its totals so far and fits the contract", () => {
    const { clock, reporter } = reporterAt(start);
    reporter.record(key, 200, 12);
    reporter.record(key, 200, 14);
    reporter.record(key, 503, 1);
    reporter.retry(key);
    clock.now += 2_000;
    const report = WindowReport.parse(reporter.report());
    expect(report.windows).toHaveLength(1);
    expect(report.windows[0]).toMatchObject({ windowStartMs: start, coveredMs: 2_000, closed: false });
    expect(report.windows[0]?.series[0]).toMatchObject({ key, statusCounts: { 200: 2, 503: 1 }, retries: 1 });
    expect(report.windows[0]?.series[0]?.latency).toMatchObject({ count: 3, sumMs: 27 });
  });

  test("windows are aligned to the clock and the first covers only the life of the process", () => {
    const { clock, reporter } = reporterAt(start + 7_500);
    reporter.record(key, 200, 5);
    clock.now = start + 10_000;
    const closed = reporter.report().windows[0];
    expect(closed).toMatchObject({ windowStartMs: start, coveredMs: 2_500, closed: true });
  });

  test("ongoing is a time-weighted mean and its level goes on into the next window", () => {
    const { clock, reporter } = reporterAt(start);
    clock.now = start + 5_000;
    reporter.ongoing(key, 4);
    clock.now = start + 7_500;
    reporter.ongoing(key, -2);
    clock.now = start + 12_000;
    const [closed, open] = reporter.report().windows;
    expect(closed?.series[0]).toMatchObject({ ongoingMean: (4 * 2.5 + 2 * 2.5) / 10, ongoingMax: 4 });
    expect(open?.series[0]).toMatchObject({ ongoingMean: 2, ongoingMax: 2 });
  });

  test("a closed window is sent again until it is acknowledged, with the same totals", () => {
    const { clock, reporter } = reporterAt(start);
    reporter.record(key, 200, 5);
    clock.now = start + 10_500;
    const first = reporter.report().windows[0];
    const second = reporter.report().windows[0];
    expect(second).toEqual(first);
    reporter.acknowledge([start]);
    expect(reporter.pendingCount).toBe(0);
    expect(reporter.report().windows.map(({ windowStartMs }) => windowStartMs)).toEqual([start + 10_000]);
  });

  test("an acknowledgement of totals so far does not lose the closed window", () => {
    const { clock, reporter } = reporterAt(start);
    reporter.record(key, 200, 5);
    reporter.report();
    reporter.record(key, 200, 5);
    clock.now = start + 10_500;
    reporter.acknowledge([start]);
    expect(reporter.report().windows[0]?.series[0]?.statusCounts).toEqual({ 200: 2 });
  });

  test("windows beyond the bound are dropped oldest first and counted", () => {
    const { clock, reporter } = reporterAt(start, { maxPendingWindows: 2 });
    for (let window = 0; window < 4; window += 1) {
      clock.now = start + window * 10_000;
      reporter.record(key, 200, 5);
    }
    clock.now = start + 40_000;
    const report = reporter.report();
    expect(reporter.losses.windows).toBe(2);
    expect(report.windows[0]?.windowStartMs).toBe(start + 20_000);
  });

  test("series beyond the bound are not reported and counted", () => {
    const { reporter } = reporterAt(start, { maxSeries: 1 });
    reporter.record(key, 200, 5);
    reporter.record({ ...key, revision: 3 }, 200, 5);
    expect(reporter.losses.series).toBe(1);
    expect(reporter.report().windows[0]?.series).toHaveLength(1);
  });

  test("a silent series reports zeros for a while, then rests, and comes back with the next event", () => {
    const { clock, reporter } = reporterAt(start, { maxIdleWindows: 1 });
    const recorder = reporter.series(key);
    recorder.record(200, 5);
    clock.now = start + 19_000;
    expect(reporter.report().windows.at(-1)?.series[0]?.statusCounts).toEqual({});
    clock.now = start + 35_000;
    expect(reporter.report().windows.map((window) => window.windowStartMs)).toEqual([start, start + 10_000]);
    recorder.record(200, 5);
    expect(reporter.report().windows.at(-1)).toMatchObject({ windowStartMs: start + 30_000 });
  });

  test("a long jump of the clock leaves a gap instead of made-up windows", () => {
    const { clock, reporter } = reporterAt(start);
    reporter.ongoing(key, 1);
    clock.now = start + 3_600_000;
    expect(reporter.report().windows.length).toBeLessThanOrEqual(4);
  });

  test("a clock set back neither reopens a window nor makes a time negative", () => {
    const { clock, reporter } = reporterAt(start + 11_000);
    reporter.ongoing(key, 1);
    clock.now = start;
    reporter.ongoing(key, 1);
    const window = MetricWindow.parse(reporter.report().windows[0]);
    expect(window).toMatchObject({ windowStartMs: start + 10_000, coveredMs: 0 });
  });
});
