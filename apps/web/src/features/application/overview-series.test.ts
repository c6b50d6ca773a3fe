import { describe, expect, it } from "vitest";
import type { MetricAnswer } from "@sluice/contracts";
import { errorSeries, noErrorsText, throughputSeries } from "./overview-series.ts";

type Points = [number, number | null][];

const answer = (labels: Record<string, string>, points: Points): MetricAnswer => ({
  from_ms: 0,
  to_ms: 30_000,
  step_s: 10,
  series: [{ metric: "throughput", unit: "req/s", labels, points }],
  totals: [],
  age_ms: 0,
});

describe("the chart of errors", () => {
  it("says that there were none where requests were counted, by the answer it draws itself", () => {
    const measured = answer({}, [
      [0, 4],
      [10_000, null],
    ]);
    expect(errorSeries(measured)).toEqual([]);
    expect(noErrorsText(measured)).toBe("no errors in this range");
  });

  it("says no data where nothing was counted", () => {
    expect(noErrorsText(answer({}, [[0, null]]))).toBe("no data in this range");
    expect(noErrorsText(undefined)).toBe("no data in this range");
  });
});

it("requests without a revision are drawn only where there were some", () => {
  expect(throughputSeries(answer({ revision: "0" }, [[0, 0]]))).toEqual([]);
  expect(throughputSeries(answer({ revision: "0" }, [[0, 2]]))[0]?.label).toBe("not routed");
});
