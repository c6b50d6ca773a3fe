import { describe, expect, it } from "vitest";
import { TICK_MS, buildPolicy } from "../../test/autoscaling/build-scale.ts";
import type { LoopSettings } from "../../test/autoscaling/closed-loop.ts";
import { runClosedLoop } from "../../test/autoscaling/closed-loop.ts";
import type { ScaleDecision } from "./scale-decision.ts";

const HOUR_MS = 3_600_000;

function loop(changes: Partial<LoopSettings>): ScaleDecision[] {
  const pool = { maxOngoingRequests: 5, startReplicaMs: 400, firstTarget: 1, forMs: 10_000, concurrency: () => 0 };
  return runClosedLoop({ ...pool, policy: buildPolicy({}), ...changes });
}

function changesOf(decisions: readonly ScaleDecision[]): readonly string[] {
  return decisions.flatMap((decision, tick) =>
    decision.target === decision.before
      ? []
      : [`${(tick * TICK_MS) / 1000} s: ${decision.before} -> ${decision.target}`],
  );
}

/** xorshift32: a number in 0..1, the same sequence for the same seed. */
function chanceOf(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

describe("the autoscaler in a closed loop", () => {
  it.each([
    { pool: "that queues", maxOngoingRequests: 8 },
    { pool: "that takes everything", maxOngoingRequests: 100 },
  ])(
    "wants four replicas within a second of a step to 32 concurrent requests, in a pool $pool",
    ({ maxOngoingRequests }) => {
      const policy = buildPolicy({ targetOngoingRequests: 8, maxReplicas: 4, upscaleDelayS: 0 });
      const stepMs = 3000;
      const concurrency = (atMs: number): number => (atMs < stepMs ? 0 : 32);
      const decisions = loop({ policy, maxOngoingRequests, concurrency, forMs: 6000 });
      const wantedAt = decisions.findIndex(({ target }) => target === 4) * TICK_MS;
      expect(wantedAt).toBeGreaterThanOrEqual(stepMs);
      expect(wantedAt - stepMs).toBeLessThan(1000);
      if (maxOngoingRequests === 8) expect(wantedAt).toBe(stepMs);
    },
  );

  it("does not move for an hour of constant load", () => {
    const policy = buildPolicy({ upscaleDelayS: 0, downscaleDelayS: 0 });
    const decisions = loop({ policy, concurrency: () => 15, forMs: HOUR_MS });
    expect(changesOf(decisions)).toEqual(["0 s: 1 -> 8"]);
    expect(new Set(decisions.slice(10).map(({ path }) => path))).toEqual(new Set(["steady"]));
  });

  it("is not shaken by noise on the edge of two numbers, although no delay is set", () => {
    const chance = chanceOf(4711);
    const policy = buildPolicy({ upscaleDelayS: 0, downscaleDelayS: 0 });
    const noisy = (): number => Math.round(12 * (0.7 + 0.6 * chance()));
    const changes = changesOf(loop({ policy, concurrency: noisy, forMs: HOUR_MS / 4 }));
    // 1,800 reports between 8 and 16 requests: it stays at the number of their busiest second, give or take one.
    const afterwards = changes.slice(4);
    expect(changes.slice(0, 4).at(-1)).toMatch(/7 -> 8$/);
    expect(afterwards.length).toBeLessThan(20);
    for (const change of afterwards) expect(change).toMatch(/(8 -> 7|7 -> 8)$/);
  });

  it("follows a short peak with upscale_delay only if it lasts, and a long one within its delay", () => {
    const concurrency = (atMs: number): number => (atMs >= 60_000 && atMs < 80_000 ? 20 : atMs >= 120_000 ? 20 : 2);
    const changes = changesOf(loop({ concurrency, maxOngoingRequests: 100, forMs: 200_000 }));
    expect(changes).toHaveLength(1);
    const [atS = Number.NaN] = changes.map((change) => Number.parseFloat(change));
    expect(atS).toBeGreaterThanOrEqual(150);
    expect(atS).toBeLessThanOrEqual(152);
  });

  it("goes to zero in two stages and comes back with the first request", () => {
    const policy = buildPolicy({ minReplicas: 0, downscaleDelayS: 5, downscaleToZeroDelayS: 20 });
    const concurrency = (atMs: number): number => (atMs < 60_000 ? 6 : atMs < 180_000 ? 0 : 1);
    const decisions = loop({ policy, concurrency, firstTarget: 3, forMs: 190_000 });
    const changes = changesOf(decisions);
    expect(changes.map((change) => change.split(": ")[1])).toEqual(["3 -> 2", "2 -> 1", "1 -> 0", "0 -> 1"]);
    const [, , zeroAtS = Number.NaN, backAtS] = changes.map((change) => Number.parseFloat(change));
    // The look-back has to be empty (60 + 30 s), then the delay to zero runs.
    expect(zeroAtS).toBeGreaterThanOrEqual(109.5);
    expect(zeroAtS).toBeLessThanOrEqual(111);
    expect(backAtS).toBe(180);
    expect(decisions.at(-1)).toMatchObject({ target: 1, path: "steady" });
  });
});
