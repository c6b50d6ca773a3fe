import { expect, test } from "vitest";
import { runFuzz } from "../test/fuzz/run-fuzz.ts";

const EXECUTIONS = 3_000;

test("neither the parser nor either end crashes, hangs or leaks on whatever a peer sends, and both say why they close", async () => {
  const report = await runFuzz(1, (executions) => executions >= EXECUTIONS, EXECUTIONS / 2);
  expect(report.findings).toEqual([]);
  expect(report.total).toBe(EXECUTIONS);
  expect(report.handleGrowth).toBeLessThanOrEqual(0);
  expect(report.heapGrowthBytes).toBeLessThan(6_000_000);
  expect(report.bufferGrowthBytes).toBeLessThan(6_000_000);
}, 60_000);
