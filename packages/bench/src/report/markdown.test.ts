import { expect, it } from "vitest";
import { Results, type Workload } from "../measurement.ts";
import { renderMarkdown } from "./markdown.ts";
import { buildReport } from "./report.ts";

const workload: Workload = {
  id: "bodies",
  title: "Large bodies",
  method: "by wrk",
  points: [
    {
      id: "bodies/up-10",
      label: "10 MB up",
      metrics: [{ name: "rate", unit: "req/s" }],
      fits: () => true,
      measure: async () => ({ values: {}, errors: 0 }),
    },
  ],
};
const facts = { takenAt: "now", commit: "abc", machine: "a machine" };

it("puts every target beside its measured ratio, and medians with their spread into the tables", () => {
  const results = new Results();
  for (const rate of [90, 110, 100]) {
    results.add("bodies/up-10", "Sluice", { values: { rate }, errors: 0 });
    results.add("bodies/up-10", "nginx -> Node", { values: { rate: 100 }, errors: 0 });
  }
  const run = { results, skipped: [{ side: "Ray Serve, default", reason: "no Python" }], loads: [0.5] };
  const text = renderMarkdown(buildReport(run, [workload], { ...facts, settings: { repetitions: 3, seconds: 1 } }));
  expect(text).toContain("| 10 MB up: at least 0.8 x nginx -> Node | 1 x | 0.9..1.1 | holds |");
  expect(text).toContain("| 10 MB up | Sluice | 100 (90..110) | 0 |");
  expect(text).toContain("- Ray Serve, default is left out: no Python");
  expect(text).toContain("not measured (Sluice, nginx -> Node did not take part)");
  expect(text).toContain("Too few repetitions");
});
