import { expect, it } from "vitest";
import type { EventView, ResolvedAutoscaling, ScaleDecisionView } from "@sluice/contracts";
import { decisionCells } from "./decision-cells.ts";
import { listDecisions } from "./decision-rows.ts";

const config: ResolvedAutoscaling = {
  min_replicas: 1,
  initial_replicas: null,
  max_replicas: 8,
  target_ongoing_requests: 2,
  metrics_interval_s: 1,
  look_back_period_s: 30,
  upscaling_factor: 1,
  downscaling_factor: 0.5,
  upscale_delay_s: 0,
  downscale_delay_s: 60,
  downscale_to_zero_delay_s: 60,
  aggregation_function: "mean",
  schedules: [],
  queue_fast_path: true,
};
const decision: ScaleDecisionView = {
  target: 8,
  before: 4,
  running: 4,
  measured: { total: 38, queued: 30, sent: 8 },
  aggregated: 38,
  window: "mean of the last second",
  targetOngoingRequests: 2,
  desiredRaw: 19,
  afterFactor: 19,
  bounds: { min: 1, max: 8, source: "config" },
  clampedBy: "max",
  delay: null,
  path: "fast_path",
  reason: "",
  wakeAtMs: null,
};
const cell = (label: string, over: Partial<ScaleDecisionView> = {}, elapsedMs = 0) =>
  decisionCells({ ...decision, ...over }, config, elapsedMs).find((one) => one.label === label);

it("follows the numbers from what was measured to the target, and marks what cut it", () => {
  expect(decisionCells(decision, config, 0).map(({ value }) => value)).toEqual([
    "38",
    "38",
    "19",
    "19",
    "1 to 8",
    "none",
    "8",
  ]);
  expect(cell("Measured")?.note).toBe("30 queued + 8 sent");
  expect(cell("Bounds")).toMatchObject({ tone: "warn", note: "max_replicas holds it, of the spec" });
  expect(cell("Delay")?.note).toBe("skipped: requests wait");
  expect(cell("Target")?.tone).toBe("busy");
});

it("counts a delay down between two answers and never below zero", () => {
  const delay = { direction: "down", sinceMs: 0, delayMs: 60_000, remainingMs: 12_400 } as const;
  expect(cell("Delay", { delay })).toMatchObject({ value: "13 s", note: "until fewer, of 60 s", tone: "busy" });
  expect(cell("Delay", { delay }, 5_000)?.value).toBe("8 s");
  expect(cell("Delay", { delay }, 90_000)?.value).toBe("0 s");
});

it("says no data where nothing was measured, never zero", () => {
  const silent = { measured: null, aggregated: null, desiredRaw: null, afterFactor: null };
  for (const label of ["Measured", "Load", "Formula", "After factor"])
    expect(cell(label, silent)?.value).toBe("no data");
});

it("reads decisions of one deployment from its events", () => {
  const event = (over: Partial<EventView>): EventView => ({
    id: "1",
    at: "2026-01-01T00:00:00.000Z",
    severity: "info",
    reason: "Autoscaled",
    message: "model: 8 requests ongoing / target 2 = 4: up from 1 to 4",
    numbers: { before: 1, target: 4, requests: 8 },
    application: "a",
    deployment: "model",
    revision: 2,
    replica_id: null,
    node_id: null,
    ...over,
  });
  const rows = listDecisions(
    [event({}), event({ id: "2", deployment: "other" }), event({ reason: "ScaledUp" })],
    "model",
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({
    from: 1,
    to: 4,
    requests: 8,
    load: null,
    reason: "8 requests ongoing / target 2 = 4: up from 1 to 4",
  });
});
