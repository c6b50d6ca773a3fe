import { expect, test } from "vitest";
import { mergeExpositions } from "./merge-expositions.ts";
import { createRegistry, metricsText } from "./registry.ts";

test("a metric of several processes stands once, with the samples of all", async () => {
  const texts = await Promise.all(
    ["r1", "r2"].map(async (replica, at) => {
      const metrics = createRegistry({ defaultMetrics: false });
      metrics.registry.setDefaultLabels({ replica });
      metrics.histogram({ name: "sluice_wait_seconds", help: "Wait.", buckets: [1, 2] }).observe(at);
      if (at === 1) metrics.gauge({ name: "sluice_only_here", help: "One." }).set(7);
      return (await metricsText(metrics)).body;
    }),
  );
  const lines = mergeExpositions(texts).split("\n");
  expect(lines.filter((line) => line.startsWith("# TYPE"))).toEqual([
    "# TYPE sluice_wait_seconds histogram",
    "# TYPE sluice_only_here gauge",
  ]);
  expect(lines.filter((line) => line.startsWith("sluice_wait_seconds_count"))).toEqual([
    'sluice_wait_seconds_count{replica="r1"} 1',
    'sluice_wait_seconds_count{replica="r2"} 1',
  ]);
  expect(lines).toContain('sluice_only_here{replica="r2"} 7');
  expect(mergeExpositions([])).toBe("");
});
