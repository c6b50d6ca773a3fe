import { expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";
import { judgeProgress } from "./judge-progress.ts";

const one = { cpus: 1, gpus: 0, memoryBytes: 0, custom: {} };

function run(world: World, ms: number): void {
  for (const untilMs = world.nowMs + ms; world.nowMs < untilMs;) {
    world.reconcile();
    world.advance(400, () => 0.9);
    world.isAcknowledged = true;
  }
}

/** Two of two replicas serve, and there is room for no more; the second revision goes in steps. */
function beginSteps(): World {
  const world = new World([buildNode({ nodeId: "n1", cpus: 2 })]);
  world.settings = { rolloutDeadlineMs: 60_000, warmMs: 0 };
  const deploy = (poolId: string): void => {
    world.put([buildDeployment({ name: "d", poolId, version: poolId, numReplicas: 2, resources: one })]);
  };
  deploy("p1");
  run(world, 20_000);
  deploy("p2");
  return world;
}

it("does not give up a rollout for the time that its steps waited for a gateway that is cut off", () => {
  const world = beginSteps();
  world.gatewaysAwaitedUntilMs = world.nowMs + 600_000;
  run(world, 300_000);
  expect(world.rollout).toMatchObject({ phase: "rolling", endedAtMs: null, toRevision: 2 });
  expect(world.ready("p2")).toHaveLength(0);
  world.gatewaysAwaitedUntilMs = null;
  run(world, 60_000);
  expect(world.rollout).toMatchObject({ phase: "completed", toRevision: 2 });
});

it("counts the time again once nobody is awaited, from the end of the wait", () => {
  const world = beginSteps();
  world.gatewaysAwaitedUntilMs = world.nowMs + 300_000;
  run(world, 200_000);
  world.gatewaysAwaitedUntilMs = null;
  world.reconcile();
  const { rollout, nowMs } = world;
  expect(rollout?.progressAtMs).toBe(nowMs);
  const state = { deadlineMs: 60_000, isPaused: false, missing: "" };
  expect(judgeProgress(rollout, { ...state, nowMs: nowMs + 59_999 })).toBeNull();
  expect(judgeProgress(rollout, { ...state, nowMs: nowMs + 60_000 })).toContain("came no nearer to serving");
});
