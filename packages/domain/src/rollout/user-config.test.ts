import { expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";

/** One deployment of the same code, with or without a user_config. */
function deploy(world: World, poolId: string, hasUserConfig: boolean): void {
  world.put([buildDeployment({ poolId, version: "v1", configVersion: poolId, hasUserConfig, numReplicas: 3 })]);
}

function settle(world: World, check: () => void = () => undefined): void {
  for (let i = 0; i < 300; i += 1) {
    world.reconcile();
    check();
    world.advance(1_000, () => 0.9);
    world.isAcknowledged = true;
  }
}

function startedWith(hasUserConfig: boolean): { world: World; ids: string[] } {
  const world = new World([buildNode({ cpus: 16 })]);
  deploy(world, "before", hasUserConfig);
  settle(world);
  return { world, ids: idsOf(world, "before") };
}

const idsOf = (world: World, poolId: string): string[] => world.ready(poolId).map(({ replicaId }) => replicaId);

it("the first user_config is taken in place by the replicas that run", () => {
  const { world, ids } = startedWith(false);
  deploy(world, "given", true);
  settle(world);
  expect(idsOf(world, "given").sort()).toEqual(ids.sort());
  expect(world.replicas.map(({ replicaId }) => replicaId).sort()).toEqual(ids.sort());
});

it("a user_config that is gone takes new replicas, ready before the old ones go", () => {
  const { world, ids } = startedWith(true);
  deploy(world, "removed", false);
  settle(world, () => expect(world.ready("before").length + world.ready("removed").length).toBeGreaterThanOrEqual(3));
  const after = idsOf(world, "removed");
  expect(after).toHaveLength(3);
  expect(after.filter((id) => ids.includes(id))).toEqual([]);
  expect(world.ready("before")).toEqual([]);
});

it("a rollback from the first user_config ends with replicas that never had one", () => {
  const { world, ids } = startedWith(false);
  deploy(world, "given", true);
  settle(world);
  world.aim({ targetRevision: 1 });
  settle(world);
  const after = idsOf(world, "before");
  expect(after).toHaveLength(3);
  expect(after.filter((id) => ids.includes(id))).toEqual([]);
});
