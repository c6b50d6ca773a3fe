import { describe, expect, it } from "vitest";
import { Results } from "./measurement.ts";
import { judgeTargets } from "./targets.ts";

const rates = (results: Results, point: string, side: string, values: readonly number[], errors = 0): void => {
  for (const rate of values) results.add(point, side, { values: { rate }, errors });
};
const verdict = (results: Results, workload: string, id: string) =>
  judgeTargets(results, [workload]).find((one) => one.id === id);

describe("judgeTargets", () => {
  it("pairs repetitions and judges the median of the ratios, not the ratio of the medians", () => {
    const results = new Results();
    rates(results, "bodies/up-10", "Sluice", [80, 300, 10]);
    rates(results, "bodies/up-10", "nginx -> Node", [100, 100, 100]);
    expect(verdict(results, "bodies", "bodies-up")).toMatchObject({ samples: [0.8, 3, 0.1], outcome: "holds" });
    rates(results, "bodies/up-10", "Sluice", [79]);
    rates(results, "bodies/up-10", "nginx -> Node", [1000]);
    expect(verdict(results, "bodies", "bodies-up")?.outcome).toBe("misses");
  });

  it("does not count a ratio when either side had errors", () => {
    const results = new Results();
    rates(results, "noop/64", "Sluice", [100]);
    rates(results, "noop/64", "nginx -> Node", [10], 1);
    expect(verdict(results, "noop", "noop-nginx")).toMatchObject({
      outcome: "misses",
      remark: "does not count: errors on nginx -> Node",
    });
  });

  it("says which side did not take part", () => {
    const results = new Results();
    rates(results, "noop/64", "Sluice", [100]);
    expect(verdict(results, "noop", "noop-ray-default")).toMatchObject({
      outcome: "not measured",
      remark: "Ray Serve, default did not take part",
    });
  });

  it("judges growth of memory on the worst repetition", () => {
    const results = new Results();
    for (const growth of [1, 2, 40])
      results.add("upload-memory/100", "Sluice", {
        values: { "gateway growth": growth, "replica growth": 1 },
        errors: 0,
      });
    const outcomes = judgeTargets(results, ["upload-memory"]).map(({ outcome }) => outcome);
    expect(outcomes).toEqual(["misses", "holds"]);
  });

  it("counts errors of every number of connections", () => {
    const results = new Results();
    rates(results, "noop/64", "Sluice", [100]);
    rates(results, "noop/512", "Sluice", [100], 3);
    expect(verdict(results, "noop", "noop-errors")).toMatchObject({ samples: [3], outcome: "misses" });
  });
});
