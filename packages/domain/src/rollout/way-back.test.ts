import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";

const cpus = (count: number) => ({ cpus: count, gpus: 0, memoryBytes: 0, custom: {} });
/** As many passes as the controller makes before it lets others in. */
const PASSES = 8;

/** One node; plans are made until nothing changes, as the controller does. Answers the replicas created. */
function live(world: World, ticks: number): number {
  let created = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    let pass = 0;
    for (; pass < PASSES; pass += 1) {
      const actions = world.reconcile().actions.filter(({ kind }) => kind !== "wakeAt");
      if (actions.length === 0) break;
      created += actions.filter(({ kind }) => kind === "createReplica").length;
    }
    expect(pass, "a plan that is never done").toBeLessThan(PASSES);
    world.advance(400, () => 0.9);
    world.isAcknowledged = true;
  }
  return created;
}

function put(world: World, revision: number, sizes: readonly number[]): void {
  world.put(
    sizes.map((numReplicas, i) =>
      buildDeployment({ name: `d${i}`, poolId: `r${revision}d${i}`, numReplicas, resources: cpus(1) }),
    ),
  );
}

describe("the way back from an update that failed where there is no room for both", () => {
  it("ends with the revision before, whole, and creates no replica that it takes back", () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(sizes, fc.nat(2), fc.nat(2), (counts, which, spare) => {
        const total = counts.reduce((sum, count) => sum + count, 0);
        const world = new World([buildNode({ nodeId: "n1", cpus: total + spare })]);
        world.settings = { rolloutDeadlineMs: 20_000, warmMs: 0 };
        put(world, 1, counts);
        live(world, 20);
        world.hanging.add(`r2d${which % counts.length}`);
        put(world, 2, counts);
        for (let i = 0; i < 200 && world.application.failedGeneration === null; i += 1) live(world, 1);
        expect(world.application.failedGeneration).toBe(3);
        const created = live(world, 120);
        expect(world.effective?.variants.map(({ revision, weight }) => [revision, weight])).toEqual([[1, 100]]);
        expect(counts.map((_, i) => world.ready(`r1d${i}`).length)).toEqual(counts);
        expect(created).toBeLessThanOrEqual(total);
      }),
      { numRuns: 25 },
    );
  }, 60_000);

  it("gives up nothing that works for what would not fit in its place", () => {
    const world = new World([buildNode({ nodeId: "n1", cpus: 3 })]);
    world.settings = { rolloutDeadlineMs: 20_000, warmMs: 0 };
    const deployment = (name: string, revision: number, size: number) =>
      buildDeployment({ name, poolId: `${name}${revision}`, numReplicas: 1, resources: cpus(size) });
    world.put([deployment("a", 1, 2), deployment("b", 1, 1)]);
    live(world, 20);
    world.hanging.add("b2");
    world.put([deployment("a", 2, 1), deployment("b", 2, 1)]);
    for (let i = 0; i < 200 && world.ready("a2").length === 0; i += 1) live(world, 1);
    // Somebody else takes the CPU that became free.
    world.nodes.splice(0, 1, buildNode({ nodeId: "n1", cpus: 2 }));
    for (let i = 0; i < 200 && world.application.failedGeneration === null; i += 1) live(world, 1);
    live(world, 60);
    expect(world.application.failedGeneration).toBe(3);
    expect(world.ready("a2")).toHaveLength(1);
    expect(world.ready("b1")).toHaveLength(1);
  });
});
