import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { LoadTick } from "../../test/autoscaling/build-scale.ts";
import { TICK_MS, buildPolicy, decideAfter, windowAfter } from "../../test/autoscaling/build-scale.ts";
import { decideScale } from "./decide-scale.ts";
import type { AutoscalingPolicy } from "./policy.ts";
import type { RayPolicyState } from "./ray-policy.ts";
import type { ScaleBounds } from "./scale-bounds.ts";

const delayS = fc.constantFrom(0, 0.25, 1, 5, 30, 600);
const factor = fc.constantFrom(0.1, 0.5, 1, 1, 1, 2, 3.7);

const policies: fc.Arbitrary<AutoscalingPolicy> = fc
  .record({
    targetOngoingRequests: fc.constantFrom(0.3, 1, 2, 5, 50),
    lookBackPeriodS: fc.constantFrom(0.5, 2, 10),
    upscalingFactor: factor,
    downscalingFactor: factor,
    upscaleDelayS: delayS,
    downscaleDelayS: delayS,
    downscaleToZeroDelayS: fc.option(delayS),
    aggregationFunction: fc.constantFrom("mean" as const, "mean" as const, "max" as const, "min" as const),
    queueFastPath: fc.boolean(),
  })
  .map(buildPolicy);

const bounds: fc.Arbitrary<ScaleBounds> = fc
  .tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 20 }))
  .map(([min, room]) => ({ min, max: Math.max(1, min + room), source: "config" as const }));

/** Loads at ticks, with silences; null = no router. */
const loads = fc.array(
  fc.option(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 })), { freq: 6 }),
  {
    minLength: 1,
    maxLength: 70,
  },
);

function ticksOf(drawn: readonly (readonly [number, number] | null)[], more = 0): LoadTick[] {
  return drawn.map((load, index): LoadTick => {
    const atMs = index * TICK_MS;
    return load === null ? [atMs, null] : [atMs, load[0] + load[1] + more, load[1]];
  });
}

const timers: fc.Arbitrary<RayPolicyState> = fc.oneof(
  fc.constant({ counter: 0, sinceMs: null }),
  fc.record({ counter: fc.constantFrom(-3, 2), sinceMs: fc.integer({ min: -700_000, max: 0 }) }),
);
const situations = fc.record({
  policy: policies,
  bounds,
  before: fc.integer({ min: 0, max: 25 }),
  running: fc.integer({ min: 0, max: 25 }),
  maxOngoingRequests: fc.constantFrom(1, 5, 100),
  policyState: fc.record({
    up: timers,
    down: timers,
    lastScaleUpAtMs: fc.option(fc.integer({ min: -50_000, max: 0 })),
  }),
});
const RUNS = { numRuns: 500 };

describe("decideScale, whatever comes in", () => {
  it("never leaves the bounds, and says one sentence", () => {
    fc.assert(
      fc.property(situations, loads, (situation, drawn) => {
        const decision = decideAfter(ticksOf(drawn), situation);
        expect(decision.target).toBeGreaterThanOrEqual(situation.bounds.min);
        expect(decision.target).toBeLessThanOrEqual(situation.bounds.max);
        expect(Number.isInteger(decision.target)).toBe(true);
        expect(decision.reason).not.toMatch(/NaN|undefined|null|\?/);
        expect(decision.reason).toMatch(/\d/);
      }),
      RUNS,
    );
  });

  it("keeps a target that is within the bounds while no router reports, and starts every timer anew", () => {
    fc.assert(
      fc.property(situations, loads, (situation, drawn) => {
        const before = Math.max(situation.bounds.min, Math.min(situation.bounds.max, situation.before));
        const decision = decideAfter(ticksOf([...drawn, null]), { ...situation, before });
        expect(decision).toMatchObject({ target: before, path: "no_data", measured: null, delay: null });
        expect(decision.policyState).toMatchObject({ up: { counter: 0 }, down: { counter: 0 } });
      }),
      RUNS,
    );
  });

  it("never lowers a target on less than a whole look-back of reports, unless the bounds say so", () => {
    fc.assert(
      fc.property(situations, loads, (situation, drawn) => {
        const before = Math.max(situation.bounds.min, Math.min(situation.bounds.max, situation.before));
        const decision = decideAfter(ticksOf(drawn), { ...situation, before });
        if (decision.target >= before) return;
        const lastTicks = drawn.slice(-(situation.policy.lookBackPeriodS * 1000) / TICK_MS - 1);
        expect(lastTicks).toHaveLength((situation.policy.lookBackPeriodS * 1000) / TICK_MS + 1);
        expect(lastTicks.slice(1)).not.toContain(null);
      }),
      RUNS,
    );
  });

  it("never wants fewer replicas for more load", () => {
    fc.assert(
      fc.property(situations, loads, fc.integer({ min: 1, max: 80 }), (situation, drawn, more) => {
        const less = decideAfter(ticksOf(drawn), situation).target;
        expect(decideAfter(ticksOf(drawn, more), situation).target).toBeGreaterThanOrEqual(less);
      }),
      RUNS,
    );
  });

  it("gives the same decision for the same input, and changes nothing that it was given", () => {
    fc.assert(
      fc.property(situations, loads, (situation, drawn) => {
        const nowMs = (drawn.length - 1) * TICK_MS;
        const input = { ...situation, window: windowAfter(ticksOf(drawn), situation.policy), nowMs };
        const copy = structuredClone(input);
        expect(decideScale(input)).toEqual(decideScale(copy));
        expect(input).toEqual(copy);
      }),
      RUNS,
    );
  });
});
