import { expect, it } from "vitest";
import type { RolloutView } from "@sluice/contracts";
import { listSteps, steppedDeployments, tookRequests } from "./rollout-steps.ts";

const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
const ms = (seconds: number): number => 1_700_000_000_000 + seconds * 1000;
const rollout = (over: Partial<RolloutView>): RolloutView => ({
  from_revision: 1,
  to_revision: 2,
  phase: "starting",
  message: "",
  numbers: { ready: 0, wanted: 2, weight: 0, leaving: 0 },
  started_at: at(0),
  progress_at: at(0),
  deadline_at: null,
  ended_at: null,
  paused_at: null,
  ...over,
});
const replica = { revisions: [2], created_at: at(2), stage_times: {} };
const quiet = { changed_at: at(-60), in_force_at: at(-59) };

it("times each step by what it left behind, and the whole at the end", () => {
  const steps = listSteps({
    rollout: rollout({ phase: "completed", ended_at: at(14) }),
    replicas: [replica, { ...replica, created_at: at(3) }],
    traffic: { changed_at: at(9), in_force_at: at(9.5) },
    nowMs: ms(100),
  });
  expect(steps.map(({ name, state, durationMs }) => [name, state, durationMs])).toEqual([
    ["describing", "done", 2000],
    ["starting", "done", 7000],
    ["switching", "done", 500],
    ["draining", "done", 4500],
    ["completed", "done", 14_000],
  ]);
});

it("counts up in the step that runs; weights of an earlier rollout are no trace of this one", () => {
  const steps = listSteps({ rollout: rollout({}), replicas: [replica], traffic: quiet, nowMs: ms(5) });
  expect(steps.map(({ state, durationMs }) => [state, durationMs])).toEqual([
    ["done", 2000],
    ["running", 3000],
    ["waiting", null],
    ["waiting", null],
    ["waiting", null],
  ]);
});

it("stands where it was paused or failed", () => {
  const stateAt = (over: Partial<RolloutView>) =>
    listSteps({ rollout: rollout(over), replicas: [replica], traffic: quiet, nowMs: ms(9) }).map(({ state }) => state);
  expect(stateAt({ phase: "paused" })).toEqual(["done", "paused", "waiting", "waiting", "waiting"]);
  expect(stateAt({ phase: "failed", ended_at: at(8) })).toEqual(["done", "failed", "waiting", "waiting", "waiting"]);
  expect(stateAt({ phase: "failed", numbers: {}, ended_at: at(8) })[0]).toBe("failed");
});

it("names deployments that go in steps", () => {
  expect(steppedDeployments(rollout({ numbers: { ready: 1, "step model": 2 } }))).toEqual([
    { name: "model", budget: 2 },
  ]);
});

it.each([
  [{ ready: 0, wanted: 2, weight: 0, leaving: 0 }, false],
  [{ ready: 1, "step model": 1 }, true],
  [{ ready: 1, "move model": 1 }, true],
  [{ ready: 1, "back model": 1 }, true],
  [{ ready: 1, weight: 50 }, true],
])("of %j knows whether the new revision took requests before it failed", (numbers, took) => {
  expect(tookRequests(rollout({ phase: "failed", numbers }))).toBe(took);
});
