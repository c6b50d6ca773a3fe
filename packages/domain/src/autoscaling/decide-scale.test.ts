import { describe, expect, it } from "vitest";
import { buildPolicy, decideAfter, flat } from "../../test/autoscaling/build-scale.ts";
import type { LoadTick } from "../../test/autoscaling/build-scale.ts";
import type { AutoscalingPolicy } from "./policy.ts";
import type { ScaleDecision, ScaleInput, ScalePolicyState } from "./scale-decision.ts";
import { FRESH_SCALE_STATE } from "./scale-decision.ts";

interface Case {
  readonly case: string;
  readonly given: Pick<ScaleInput, "before" | "running"> &
    Partial<Pick<ScaleInput, "bounds">> & {
      readonly policy?: Partial<AutoscalingPolicy>;
      readonly load: readonly LoadTick[];
      readonly state?: Partial<ScalePolicyState>;
    };
  readonly expected: Partial<ScaleDecision>;
}

describe("decideScale", () => {
  it.each<Case>([
    {
      case: "more is wanted than the bounds allow",
      given: { policy: { maxReplicas: 8 }, before: 8, running: 8, load: flat(38) },
      expected: {
        target: 8,
        path: "held",
        clampedBy: "max",
        reason: "38 requests ongoing / target 2 = 19, held at max_replicas 8",
      },
    },
    {
      case: "less is wanted than the bounds allow",
      given: { policy: { minReplicas: 3, downscaleDelayS: 0 }, before: 3, running: 3, load: flat(1, 31) },
      expected: { target: 3, path: "held", clampedBy: "min" },
    },
    {
      case: "the formula gives what there is",
      given: { before: 4, running: 4, load: flat(7) },
      expected: { target: 4, path: "steady", reason: "7 requests ongoing / target 2 = 3.5, so 4: stays at 4" },
    },
    {
      case: "no delay is set",
      given: { policy: { upscaleDelayS: 0 }, before: 2, running: 2, load: flat(12) },
      expected: { target: 6, path: "scaled", reason: "12 requests ongoing / target 2 = 6: up from 2 to 6" },
    },
    {
      case: "a delay runs",
      given: { before: 2, running: 2, load: flat(9) },
      expected: {
        target: 2,
        path: "waiting",
        reason: "9 requests ongoing / target 2 = 4.5, so 5: more than 2 in 30 s if it lasts (upscale_delay_s 30)",
      },
    },
    {
      case: "the queue explodes",
      given: { before: 2, running: 2, load: flat(24, 2, 14) },
      expected: {
        target: 12,
        path: "fast_path",
        reason:
          "24 requests ongoing / target 2 = 12: up from 2 to 12 at once, because more requests wait than 2 replicas can take",
      },
    },
    {
      case: "the queue of a single replica explodes",
      given: { before: 1, running: 1, load: flat(24, 2, 14) },
      expected: {
        path: "fast_path",
        reason:
          "24 requests ongoing / target 2 = 12: up from 1 to 12 at once, because more requests wait than 1 replica can take",
      },
    },
    {
      case: "the queue explodes, but the fast path is off",
      given: { policy: { queueFastPath: false }, before: 2, running: 2, load: flat(24, 2, 14) },
      expected: { target: 2, path: "waiting" },
    },
    {
      case: "the first request comes while nothing runs",
      given: { policy: { minReplicas: 0 }, before: 0, running: 0, load: flat(1, 0, 1) },
      expected: {
        target: 1,
        path: "cold_start",
        reason: "1 request ongoing and no replica runs: up from 0 to 1 at once",
      },
    },
    {
      case: "requests come while the first replica starts",
      given: { policy: { minReplicas: 0 }, before: 1, running: 0, load: flat(90, 30, 90) },
      expected: {
        target: 1,
        path: "cold_start",
        reason: "90 requests ongoing and no replica runs yet: stays at 1 until one does",
      },
    },
    {
      case: "a request comes while the last replica drains",
      given: { policy: { minReplicas: 0 }, before: 0, running: 1, load: flat(1, 0, 1) },
      expected: { target: 1, path: "cold_start" },
    },
    {
      case: "no router ever reported",
      given: { before: 3, running: 3, load: [] },
      expected: {
        target: 3,
        path: "no_data",
        measured: null,
        reason: "No router has reported load yet, and that never changes the number: stays at 3",
      },
    },
    {
      case: "the routers fell silent after an idle minute, and no delay is set",
      given: { policy: { downscaleDelayS: 0 }, before: 3, running: 3, load: [...flat(0, 60), [65_000, null]] },
      expected: {
        target: 3,
        path: "no_data",
        reason: "No router has reported load for 5 s, and that never changes the number: stays at 3",
      },
    },
    {
      case: "fewer are enough",
      given: { policy: { downscaleDelayS: 0 }, before: 5, running: 5, load: flat(3, 31) },
      expected: { target: 2, path: "scaled", reason: "3 requests ongoing / target 2 = 1.5, so 2: down from 5 to 2" },
    },
    {
      case: "fewer are enough, as far as is known",
      given: { policy: { downscaleDelayS: 0 }, before: 5, running: 5, load: flat(3, 12) },
      expected: {
        target: 5,
        path: "settling",
        reason:
          "3 requests ongoing / target 2 = 1.5, so 2: stays at 5, because load is known for only 12 of 30 s (look_back_period_s)",
      },
    },
    {
      case: "fewer are enough over a shorter look-back",
      given: { policy: { downscaleDelayS: 0, lookBackPeriodS: 10 }, before: 5, running: 5, load: flat(3, 12) },
      expected: { target: 2, path: "scaled" },
    },
    {
      case: "fewer are enough since a growth ten seconds ago",
      given: {
        policy: { downscaleDelayS: 0 },
        before: 5,
        running: 5,
        load: flat(3, 60),
        state: { lastScaleUpAtMs: 50_000 },
      },
      expected: {
        path: "settling",
        reason:
          "3 requests ongoing / target 2 = 1.5, so 2: stays at 5, because load is known for only 10 of 30 s (look_back_period_s) since the last scale up",
      },
    },
    {
      case: "a short peak within the look-back would bring the replicas back at once",
      given: {
        policy: { downscaleDelayS: 0, upscaleDelayS: 0 },
        before: 5,
        running: 5,
        load: [...flat(3, 40), ...flat(10, 1, 0, 40_250), ...flat(3, 10, 0, 41_500)],
      },
      expected: {
        target: 5,
        path: "settling",
        reason: expect.stringContaining("stays at 5, because the busiest 1 s of 30 s had 10"),
      },
    },
    {
      case: "nothing is asked any more",
      given: { policy: { minReplicas: 0, downscaleDelayS: 0 }, before: 4, running: 4, load: flat(0, 31) },
      expected: {
        target: 1,
        reason: "0 requests ongoing / target 2 = 0: down from 4 to 1 first (downscale_to_zero_delay_s 0 comes next)",
      },
    },
    {
      case: "a factor damps the step",
      given: { policy: { upscaleDelayS: 0, upscalingFactor: 0.5 }, before: 2, running: 2, load: flat(20) },
      expected: {
        target: 6,
        reason: "20 requests ongoing / target 2 = 10, with upscaling_factor 0.5 from 2 running 6: up from 2 to 6",
      },
    },
    {
      case: "a schedule window opens",
      given: { bounds: { min: 6, max: 9, source: "schedule" }, before: 2, running: 2, load: flat(3) },
      expected: {
        target: 6,
        path: "bounds",
        reason:
          "3 requests ongoing / target 2 = 1.5, so 2, but min_replicas 6 and max_replicas 9 of the open schedule window hold: up from 2 to 6",
      },
    },
    {
      case: "a schedule window takes room away while nobody reports",
      given: { bounds: { min: 1, max: 2, source: "schedule" }, before: 5, running: 5, load: [] },
      expected: { target: 2, path: "no_data" },
    },
    {
      case: "`min` asks for load that lasted",
      given: {
        policy: { aggregationFunction: "min", upscaleDelayS: 0 },
        before: 1,
        running: 1,
        load: [...flat(1, 20), ...flat(4, 5, 0, 20_250)],
      },
      expected: { target: 1, path: "steady", window: "min of 30 s" },
    },
  ])("when $case, says so with its numbers", ({ given, expected }) => {
    const { load, state, ...input } = given;
    const decision = decideAfter(load, {
      ...input,
      policy: buildPolicy(given.policy ?? {}),
      policyState: { ...FRESH_SCALE_STATE, ...state },
    });
    expect(decision).toMatchObject(expected);
  });

  it("tells which timer runs and when to look again", () => {
    const decision = decideAfter(flat(9, 1), { policy: buildPolicy({}), before: 2, running: 2 });
    expect(decision.delay).toEqual({ direction: "up", sinceMs: 1000, delayMs: 30_000, remainingMs: 30_000 });
    expect(decision.wakeAtMs).toBe(31_000);
    expect(decision.policyState.up).toEqual({ counter: 1, sinceMs: 1000 });
  });
});
