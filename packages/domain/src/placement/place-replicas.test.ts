import { describe, expect, it } from "vitest";
import { buildGpu, buildNode } from "../../test/build-snapshot.ts";
import { buildMember, buildWish } from "../../test/build-wish.ts";
import { placeReplicas } from "./place-replicas.ts";
import type { PlacementNode, PlacementWish } from "./placement.ts";
import type { Resources } from "./resources.ts";

type WishInit = Partial<Omit<PlacementWish, "members">> & Partial<Resources>;

function wish({ cpus = 0, gpus = 0, memoryBytes = 0, custom = {}, ...rest }: WishInit = {}): PlacementWish {
  const resources = { cpus, gpus, memoryBytes, custom };
  return buildWish({ members: [buildMember({ resources })], ...rest });
}

function use(cpus: number): Resources {
  return { cpus, gpus: 0, memoryBytes: 0, custom: {} };
}

function place(nodes: readonly PlacementNode[], ...wanted: PlacementWish[]) {
  return placeReplicas({ nodes, wanted, running: [] });
}

function reasonOf(nodes: readonly PlacementNode[], init: WishInit): string | undefined {
  return place(nodes, wish(init)).refused[0]?.reason;
}

describe("placeReplicas refuses with a reason a person can act on", () => {
  it.each<[string, PlacementNode[], WishInit, string]>([
    [
      "too little CPU",
      [buildNode({ cpus: 2, used: use(1.75) })],
      { cpus: 1 },
      "needs 1 CPU, 0.25 of 2 free on n1. Set num_cpus to 0.25 or less.",
    ],
    [
      "no CPU at all",
      [buildNode({ cpus: 2, used: use(2) })],
      { cpus: 0.5 },
      "needs 0.5 CPU, 0 of 2 free on n1. Stop other replicas, lower their num_cpus or add a node.",
    ],
    ["no GPU", [buildNode()], { gpus: 1 }, "n1 has no GPU. Set num_gpus to 0 or add a node with a GPU."],
    [
      "too few whole GPUs",
      [
        buildNode({
          gpuCount: 2,
          gpus: [buildGpu({ uuid: "g0", used: 0.5 }), buildGpu({ uuid: "g1" })],
        }),
      ],
      { gpus: 2 },
      "needs 2 whole GPUs, 1 of 2 free on n1. Set num_gpus to 1 or less.",
    ],
    [
      "too little memory",
      [buildNode()],
      { memoryBytes: 16 * 2 ** 30 },
      `needs 16 GiB of memory, 8 GiB of 8 GiB free on n1. Set memory to ${8 * 2 ** 30} bytes or less.`,
    ],
    [
      "an unknown custom resource",
      [buildNode()],
      { custom: { tpu: 1 } },
      "n1 has no resource `tpu`. Start an agent that offers `tpu`, or drop it from resources.",
    ],
    [
      "a cordoned node",
      [buildNode({ state: "cordoned" })],
      {},
      "n1 is cordoned: it takes no new replicas. Uncordon it.",
    ],
    ["an unreachable node", [buildNode({ state: "unreachable" })], {}, "n1 is unreachable. Check that its agent runs."],
    ["no node at all", [], {}, "No node is connected. Start an agent: `npm start` runs one on this machine."],
  ])("%s", (_name, nodes, init, reason) => {
    expect(reasonOf(nodes, init)).toBe(reason);
  });

  it("lists every node, and speaks of the one that comes closest", () => {
    const nodes = [
      buildNode({ nodeId: "a", state: "unreachable", cpus: 64 }),
      buildNode({ nodeId: "b", cpus: 2, used: use(2) }),
      buildNode({ nodeId: "c", cpus: 2, used: use(1.5) }),
    ];
    const [refusal] = place(nodes, wish({ cpus: 1 })).refused;
    expect(refusal?.reason).toBe(
      "needs 1 CPU, 0.5 of 2 free on c (and 2 other nodes refuse). Set num_cpus to 0.5 or less.",
    );
    expect(refusal?.perNode.map(({ nodeId }) => nodeId)).toEqual(["a", "b", "c"]);
  });

  it("max_replicas_per_node, replicas that already run counted", () => {
    const result = placeReplicas({
      nodes: [buildNode()],
      wanted: [wish({ replicaId: "r2", maxReplicasPerNode: 2 }), wish({ replicaId: "r3", maxReplicasPerNode: 2 })],
      running: [{ poolId: "p1", nodeId: "n1" }],
    });
    expect(result.placed.map(({ replicaId }) => replicaId)).toEqual(["r2"]);
    expect(result.refused[0]?.reason).toContain("n1 has 2 of at most 2 replicas (max_replicas_per_node)");
  });
});

describe("placeReplicas chooses", () => {
  it("different nodes for replicas of one pool", () => {
    const nodes = [buildNode({ nodeId: "a" }), buildNode({ nodeId: "b" })];
    const { placed } = place(nodes, wish({ replicaId: "r1", cpus: 1 }), wish({ replicaId: "r2", cpus: 1 }));
    expect(placed.map(({ members }) => members[0]?.nodeId).sort()).toEqual(["a", "b"]);
  });

  it("the node that is left with the least CPU, so that large replicas find room later", () => {
    const nodes = [buildNode({ nodeId: "large", cpus: 8 }), buildNode({ nodeId: "small", cpus: 2 })];
    expect(place(nodes, wish({ cpus: 1 })).placed[0]?.members[0]?.nodeId).toBe("small");
  });

  it("a node without GPUs for a replica that needs none", () => {
    const nodes = [buildNode({ nodeId: "gpu", cpus: 2, gpuCount: 1 }), buildNode({ nodeId: "plain", cpus: 8 })];
    expect(place(nodes, wish({ cpus: 1 })).placed[0]?.members[0]?.nodeId).toBe("plain");
  });

  it("a GPU that is shared already, so that whole ones stay whole", () => {
    const shared = buildNode({
      nodeId: "a",
      gpuCount: 2,
      gpus: [buildGpu({ uuid: "g0" }), buildGpu({ uuid: "g1", used: 0.5 })],
    });
    const free = buildNode({ nodeId: "b", cpus: 1, gpuCount: 1 });
    const { placed } = place([shared, free], wish({ replicaId: "r1", gpus: 0.5 }), wish({ replicaId: "r2", gpus: 1 }));
    expect(placed.find(({ replicaId }) => replicaId === "r1")?.members[0]?.gpuUuids).toEqual(["g1"]);
  });

  it("ten tenths of a CPU on one CPU", () => {
    const wanted = Array.from({ length: 10 }, (_, i) => wish({ replicaId: `r${i}`, cpus: 0.1 }));
    expect(placeReplicas({ nodes: [buildNode({ cpus: 1 })], wanted, running: [] }).refused).toEqual([]);
  });
});
