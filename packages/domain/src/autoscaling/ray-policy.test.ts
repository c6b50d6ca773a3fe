import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { RayPolicyState, RayScaleConfig } from "./ray-policy.ts";
import { FRESH_RAY_STATE, decideRayScale } from "./ray-policy.ts";

/** Format: see test/autoscaling/record-ray-policy.py, which recorded it from Ray Serve 2.58 itself. */
interface Recording {
  readonly c: readonly [number, number, number, number, number, number, number, number | null];
  readonly g: number;
  readonly t: readonly (readonly [number, number, number, number, number, number])[];
}

const RECORDED = readFileSync(new URL("../../test/autoscaling/ray-policy.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n")
  .map((line) => JSON.parse(line) as Recording);

const START_MS = 1_700_000_000_000;

function configOf({ c }: Recording): RayScaleConfig {
  const [, , targetOngoingRequests, upscalingFactor, downscalingFactor, upscaleDelayS, downscaleDelayS, zero] = c;
  const factors = { upscalingFactor, downscalingFactor };
  return { targetOngoingRequests, ...factors, upscaleDelayS, downscaleDelayS, downscaleToZeroDelayS: zero };
}

/** The recording with our decisions in place of Ray's. */
function replay(recording: Recording, seen: (branch: string) => void): Recording {
  const config = configOf(recording);
  const [min, max] = recording.c;
  let state: RayPolicyState = FRESH_RAY_STATE;
  let before = recording.g;
  let nowMs = START_MS;
  const ticks = recording.t.map(([stepMs, load, running]) => {
    nowMs += stepMs;
    const decision = decideRayScale(config, { load, running, before, bounds: { min, max }, nowMs }, state);
    for (const branch of branchesOf(decision, before, state)) seen(branch);
    state = decision.policyState;
    before = decision.target;
    const ageMs = state.sinceMs === null ? -1 : nowMs - state.sinceMs;
    return [stepMs, load, running, decision.target, state.counter, ageMs] as const;
  });
  return { ...recording, t: ticks };
}

function branchesOf(
  decision: ReturnType<typeof decideRayScale>,
  before: number,
  stateBefore: RayPolicyState,
): readonly string[] {
  const { delay, target, unbounded, afterFactor, isColdStart, policyState } = decision;
  return [
    ...(isColdStart ? ["cold start"] : []),
    ...(delay === null ? [] : [`waits ${delay.direction}`]),
    ...(delay === null && afterFactor > before && !isColdStart ? ["fires up"] : []),
    ...(delay === null && afterFactor < before ? [before === 1 ? "fires zero" : "fires down"] : []),
    ...(before > 1 && unbounded === 1 && afterFactor <= 0 ? ["stops at one"] : []),
    ...(target < unbounded ? ["clipped to max"] : target > unbounded ? ["clipped to min"] : []),
    ...(stateBefore.counter * policyState.counter < 0 ? ["turns"] : []),
    ...(stateBefore.counter !== 0 && afterFactor === before ? ["resets"] : []),
    ...(afterFactor < 0 ? ["factor below zero"] : []),
  ];
}

describe("decideRayScale", () => {
  it("decides as Ray Serve 2.58's own policy did, state included, in every recorded sequence", () => {
    const seen = new Map<string, number>();
    expect(RECORDED.length).toBeGreaterThanOrEqual(2000);
    for (const [index, recording] of RECORDED.entries()) {
      const ours = replay(recording, (branch) => seen.set(branch, (seen.get(branch) ?? 0) + 1));
      expect(ours, `line ${index + 1}`).toEqual(recording);
    }
    // The recording reaches each rule often enough to tell a wrong one.
    const rules = ["cold start", "waits up", "waits down", "waits zero", "fires up", "fires down", "fires zero"];
    const edges = ["stops at one", "clipped to max", "clipped to min", "turns", "resets", "factor below zero"];
    for (const branch of [...rules, ...edges]) expect(seen.get(branch) ?? 0, branch).toBeGreaterThan(20);
  });

  it.each([
    { raw: 3.2, running: 2, up: 1, down: 1, scaled: 4 },
    { raw: 10, running: 2, up: 0.5, down: 1, scaled: 6 },
    { raw: 1.2, running: 4, up: 1, down: 0.2, scaled: 3 },
    { raw: 0.4, running: 1, up: 1, down: 1, scaled: 1 },
  ])("turns $raw replicas' worth of load on $running into $scaled", ({ raw, running, up, down, scaled }) => {
    const delays = { upscaleDelayS: 0, downscaleDelayS: 0, downscaleToZeroDelayS: null };
    const config = { targetOngoingRequests: 1, upscalingFactor: up, downscalingFactor: down, ...delays };
    const inputs = { load: raw, running, before: running, bounds: { min: 0, max: 100 }, nowMs: 0 };
    expect(decideRayScale(config, inputs, FRESH_RAY_STATE).afterFactor).toBe(scaled);
  });
});
