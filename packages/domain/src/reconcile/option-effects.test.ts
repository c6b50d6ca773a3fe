/** What single options of a deployment do to a whole system, seen from outside. */
import { expect, it } from "vitest";
import { buildDeployment, buildNode } from "../../test/build-snapshot.ts";
import { World } from "../../test/world.ts";
import type { RevisionDeployment } from "./snapshot.ts";

const one = { cpus: 1, gpus: 0, memoryBytes: 0, custom: {} };

function worldOf(cpus: number): World {
  const world = new World([buildNode({ cpus })]);
  world.settings = { ...world.settings, warmMs: 0 };
  return world;
}

function put(world: World, given: Partial<RevisionDeployment>): void {
  world.put([buildDeployment({ name: "d", poolId: "p1", resources: one, ...given })]);
}

function settle(world: World, look: () => void = () => undefined): void {
  for (let i = 0; i < 200; i += 1) {
    world.reconcile();
    look();
    world.advance(400, () => 0.9);
    world.isAcknowledged = true;
  }
}

it.each([1, 3, 6])("num_replicas %d is how many run, also after it changed", (numReplicas) => {
  const world = worldOf(8);
  put(world, { numReplicas: 2 });
  settle(world);
  put(world, { numReplicas });
  settle(world);
  expect(world.ready("p1")).toHaveLength(numReplicas);
});

const bounds = { minReplicas: 2, maxReplicas: 5, initialReplicas: null };

it("initial_replicas is where a deployment begins, new or in place of one that runs", () => {
  const world = worldOf(60);
  put(world, { numReplicas: 4, autoscaling: { ...bounds, initialReplicas: 4 } });
  settle(world);
  expect(world.ready("p1")).toHaveLength(4);
  put(world, { poolId: "p2", numReplicas: 3, autoscaling: { ...bounds, initialReplicas: 3 } });
  settle(world);
  expect(world.ready("p2")).toHaveLength(3);
  put(world, { poolId: "p3", numReplicas: 2, autoscaling: bounds });
  settle(world);
  expect(world.ready("p3")).toHaveLength(3);
});

it.each([
  [1, 1],
  [2, 2],
  [20, 3],
])("max_constructor_retry_count %d gives a deployment of one replica up after %d failed starts", (limit, starts) => {
  const world = worldOf(8);
  world.broken.add("p1");
  put(world, { maxConstructorRetryCount: limit });
  settle(world);
  expect(world.status?.state).toBe("DEPLOY_FAILED");
  expect(world.replicas.filter(({ stage }) => stage === "failed")).toHaveLength(starts);
});

it.each([
  [0.2, 3],
  [0.5, 2],
  [1, 0],
])("rolling_update_percentage %d of four keeps at least %d serving where there is no room for more", (share, kept) => {
  const world = worldOf(4);
  put(world, { numReplicas: 4 });
  settle(world);
  put(world, { poolId: "p2", numReplicas: 4, rollingUpdatePercentage: share });
  let least = 4;
  settle(world, () => {
    least = Math.min(least, world.ready("p1").length + world.ready("p2").length);
  });
  expect(least).toBe(kept);
  expect(world.ready("p2")).toHaveLength(4);
});

it("max_replicas_per_node holds replicas back until there is another node", () => {
  const world = worldOf(8);
  put(world, { numReplicas: 3, maxReplicasPerNode: 2 });
  settle(world);
  expect(world.ready("p1")).toHaveLength(2);
  world.nodes.push(buildNode({ nodeId: "n2", cpus: 8 }));
  settle(world);
  expect(world.ready("p1").map(({ nodeId }) => nodeId)).toEqual(["n1", "n1", "n2"]);
});
