/**
 * The latency-aware mode against fixed sizes, in virtual time: a model whose batch takes 10 ms + 0.5 ms per item, +-10 %.
 * At most 64 fit: 1,520 items/s at best; batches of 10 do 667 at best.
 */
import { describe, expect, it } from "vitest";
import { simulateBatches } from "../../test/simulate-batches.ts";
import type { Load } from "../../test/simulate-batches.ts";

const model = { fixedMs: 10, perItemMs: 0.5 };
const targetMs = 100;
const withTarget = { maxBatchSize: 64, targetP99Ms: targetMs };
const rayDefault = {};
const large = { maxBatchSize: 64, batchWaitTimeoutS: 0.05 };
const short = { seconds: 4, warmUpMs: 1_000 };

describe("p99 stays within the target", () => {
  it.each<Load>([
    { perSecond: 20 },
    { perSecond: 200 },
    { perSecond: 500 },
    { perSecond: 1_000 },
    { perSecond: 1_300 },
    { clients: 1 },
    { clients: 8 },
    { clients: 64 },
    { clients: 128 },
  ])("at %o", async (load) => {
    for (const seed of [1, 2, 3]) {
      const simulated = await simulateBatches(withTarget, model, load, { ...short, seed });
      expect(simulated.p99Ms).toBeLessThanOrEqual(targetMs);
    }
  });

  it("for targets from tight to wide, at 300 items/s", async () => {
    let sizeBefore = 0;
    for (const targetP99Ms of [40, 60, 100, 200]) {
      const simulated = await simulateBatches({ maxBatchSize: 64, targetP99Ms }, model, { perSecond: 300 }, short);
      expect(simulated.p99Ms).toBeLessThanOrEqual(targetP99Ms);
      // More time is used for larger batches.
      expect(simulated.meanSize).toBeGreaterThan(sizeBefore);
      sizeBefore = simulated.meanSize;
    }
  });
});

describe("throughput and cost beat fixed sizes", () => {
  it("serves 1,300 items/s within the target where the default of 10 falls ever farther behind", async () => {
    const load = { perSecond: 1_300 };
    const [ours, fixed] = [
      await simulateBatches(withTarget, model, load, short),
      await simulateBatches(rayDefault, model, load, short),
    ];
    expect(ours.perSecond).toBeGreaterThan(1_250);
    expect(fixed.p99Ms).toBeGreaterThan(1_000);
    expect(ours.perSecond / fixed.perSecond).toBeGreaterThan(1.9);
  });

  it("does the same work in less time than batches of 10 at a load that both sustain", async () => {
    const load = { perSecond: 500 };
    const [ours, fixed] = [
      await simulateBatches(withTarget, model, load, short),
      await simulateBatches(rayDefault, model, load, short),
    ];
    expect(ours.busy).toBeLessThan(fixed.busy / 2);
  });

  it.each([1, 8, 32])(
    "never waits for somebody who cannot come: %d clients that wait for their answers",
    async (clients) => {
      const ours = await simulateBatches(withTarget, model, { clients }, short);
      for (const fixed of [rayDefault, large]) {
        const other = await simulateBatches(fixed, model, { clients }, short);
        expect(ours.perSecond).toBeGreaterThan(1.6 * other.perSecond);
        expect(ours.p99Ms).toBeLessThan(other.p99Ms);
      }
      expect(ours.meanSize).toBeGreaterThan(0.95 * clients);
    },
  );

  it("an overload that nothing can serve in time is served as fast as can be, not in ever smaller batches", async () => {
    const ours = await simulateBatches(withTarget, model, { perSecond: 2_500 }, short);
    expect(ours.meanSize).toBeGreaterThan(62);
    expect(ours.busy).toBeGreaterThan(0.98);
  });
});
