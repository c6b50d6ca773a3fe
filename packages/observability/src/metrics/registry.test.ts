import { expect, test } from "vitest";
import { createRegistry, judgeMetricName, metricsText, ownMetricsText } from "./registry.ts";

test.each([
  ["sluice_requests_total", "counter", true],
  ["sluice_requests", "counter", false],
  ["sluice_request_latency_seconds", "histogram", true],
  ["sluice_request_latency_ms", "histogram", false],
  ["requests_total", "counter", false],
  ["ray_serve_deployment_request_counter", "counter", true],
] as const)("the name %s of a %s fits the conventions: %s", (name, kind, fits) => {
  expect(judgeMetricName(name, kind) === null).toBe(fits);
});

test("two registries in one process do not meet", async () => {
  const [one, two] = [createRegistry({ defaultMetrics: false }), createRegistry({ defaultMetrics: false })];
  one.counter({ name: "sluice_things_total", help: "Things.", labels: ["kind"] }).inc({ kind: "a" });
  two.counter({ name: "sluice_things_total", help: "Things." });
  expect((await metricsText(one)).body).toContain('sluice_things_total{kind="a"} 1');
  expect((await metricsText(two)).body).toContain("sluice_things_total 0");
});

test("what a process says of itself can be left out, where texts of several are put together", async () => {
  const metrics = createRegistry();
  metrics.counter({ name: "sluice_things_total", help: "Things.", labels: ["kind"] }).inc({ kind: "a" });
  metrics.gauge({ name: "ray_serve_level", help: "Level.", collect: () => undefined }).set(2);
  expect((await ownMetricsText(metrics)).split("\n").filter((line) => line !== "" && !line.startsWith("#"))).toEqual([
    'sluice_things_total{kind="a"} 1',
    "ray_serve_level 2",
  ]);
});

test("process metrics are there by default", async () => {
  expect((await metricsText(createRegistry())).body).toContain("process_cpu_seconds_total");
});
