import { describe, expect, it } from "vitest";
import { stageSteps } from "./stage-steps.ts";

const at = (seconds: number): string => new Date(1_700_000_000_000 + seconds * 1000).toISOString();
const ms = (seconds: number): number => Date.parse(at(seconds));

describe("stages of a replica", () => {
  it("show the time spent in each and the whole cold start at ready", () => {
    const steps = stageSteps(
      {
        stage: "ready",
        created_at: at(0),
        stage_times: { assigned: at(0.1), preparing: at(0.2), starting: at(0.5), loading: at(0.9), ready: at(1.4) },
      },
      ms(60),
    );
    expect(steps.map((step) => step.state)).toEqual(["done", "done", "done", "done", "done"]);
    expect(steps.map((step) => step.durationMs)).toEqual([100, 300, 400, 500, 1400]);
  });

  it("count up in the stage that runs, and wait after it", () => {
    const steps = stageSteps(
      { stage: "starting", created_at: at(0), stage_times: { assigned: at(0), starting: at(1) } },
      ms(3),
    );
    expect(steps.map((step) => step.state)).toEqual(["done", "done", "running", "waiting", "waiting"]);
    expect(steps[2]?.durationMs).toBe(2000);
    expect(steps[1]?.durationMs).toBeNull();
  });

  it("stop at the stage in which the replica failed", () => {
    const steps = stageSteps(
      { stage: "failed", created_at: at(0), stage_times: { assigned: at(0), loading: at(1), failed: at(2) } },
      ms(90),
    );
    expect(steps[3]).toMatchObject({ stage: "loading", state: "failed", durationMs: 1000 });
    expect(steps[4]?.state).toBe("waiting");
  });

  it("all wait before a node was found", () => {
    const steps = stageSteps({ stage: "pending", created_at: at(0), stage_times: { pending: at(0) } }, ms(5));
    expect(new Set(steps.map((step) => step.state))).toEqual(new Set(["waiting"]));
  });
});
