import { describe, expect, it } from "vitest";
import { buildNode } from "../../test/build-snapshot.ts";
import { buildMember, buildWish } from "../../test/build-wish.ts";
import { placeReplicas } from "./place-replicas.ts";
import type { PlacementNode, PlacementStrategy } from "./placement.ts";
import type { Resources } from "./resources.ts";

/** Four nodes with 2, 4, 4 and 8 CPUs; the last two have 2 and 4 GPUs. */
function fourNodes(): PlacementNode[] {
  return [
    buildNode({ nodeId: "a", cpus: 2 }),
    buildNode({ nodeId: "b", cpus: 4 }),
    buildNode({ nodeId: "c", cpus: 4, gpuCount: 2 }),
    buildNode({ nodeId: "d", cpus: 8, gpuCount: 4 }),
  ];
}

function place(strategy: PlacementStrategy, bundles: readonly Partial<Resources>[], nodes = fourNodes()) {
  const wish = buildWish({ strategy, members: bundles.map((resources) => buildMember({ resources })) });
  return placeReplicas({ nodes, wanted: [wish], running: [] });
}

/** Nodes in rank order. */
function homes(strategy: PlacementStrategy, bundles: readonly Partial<Resources>[]): string[] {
  return place(strategy, bundles).placed.flatMap(({ members }) => members.map(({ nodeId }) => nodeId));
}

function times(count: number, resources: Partial<Resources>): Partial<Resources>[] {
  return Array.from({ length: count }, () => resources);
}

describe("bundles go", () => {
  it.each<[PlacementStrategy, string, Partial<Resources>[], string[]]>([
    ["PACK", "to one node when one takes all", times(2, { cpus: 1 }), ["a", "a"]],
    ["PACK", "to few nodes when none takes all", times(5, { cpus: 2 }), ["d", "d", "d", "d", "a"]],
    ["PACK", "with the GPUs they need", times(3, { cpus: 1, gpus: 2 }), ["d", "d", "c"]],
    ["STRICT_PACK", "to one node", times(4, { cpus: 1, gpus: 1 }), ["d", "d", "d", "d"]],
    ["STRICT_PACK", "shares of one GPU included", times(3, { cpus: 1, gpus: 0.3 }), ["c", "c", "c"]],
    ["SPREAD", "to different nodes", times(3, { cpus: 1 }), ["a", "b", "c"]],
    ["SPREAD", "twice to one when there are no more", times(5, { cpus: 2 }), ["a", "b", "c", "d", "b"]],
    ["STRICT_SPREAD", "each to its own", times(4, { cpus: 2 }), ["a", "b", "c", "d"]],
    ["STRICT_SPREAD", "the hardest where it fits", [{ cpus: 1 }, { cpus: 8 }, { gpus: 1 }], ["a", "d", "c"]],
    ["STRICT_SPREAD", "rank order kept", [{ cpus: 4 }, { cpus: 2 }], ["b", "a"]],
  ])("%s: %s", (strategy, _name, bundles, expected) => {
    expect(homes(strategy, bundles)).toEqual(expected);
  });

  it("with GPUs of their own, by UUID, none twice", () => {
    const { placed } = place("STRICT_PACK", times(2, { gpus: 2 }));
    expect(placed[0]?.members.map(({ gpuUuids }) => gpuUuids)).toEqual([
      ["d-gpu0", "d-gpu1"],
      ["d-gpu2", "d-gpu3"],
    ]);
  });

  it("STRICT_SPREAD: a bundle gives way to one that has nowhere else to go", () => {
    const nodes = fourNodes().map((node) => ({ ...node, labels: { ["only-" + node.nodeId]: "yes" } }));
    const members = [
      buildMember({ resources: { cpus: 2 } }),
      buildMember({ resources: { cpus: 1 }, labelSelector: { "only-a": "yes" } }),
      buildMember({ resources: { cpus: 3 } }),
    ];
    const wish = buildWish({ strategy: "STRICT_SPREAD", members });
    const [grant] = placeReplicas({ nodes: nodes.slice(0, 3), wanted: [wish], running: [] }).placed;
    expect(grant?.members.map(({ nodeId }) => nodeId)).toEqual(["c", "a", "b"]);
  });

  it.each(["PACK", "SPREAD"] as const)("%s: the obvious node is given up where it leads nowhere", (strategy) => {
    const nodes = [
      buildNode({ nodeId: "a", cpus: 2, gpuCount: 1, labels: { disk: "ssd" } }),
      buildNode({ nodeId: "b", cpus: 2, gpuCount: 1 }),
    ];
    const members = [
      buildMember({ resources: { cpus: 1, gpus: 1 } }),
      buildMember({ resources: { cpus: 2 }, labelSelector: { disk: "ssd" } }),
    ];
    const [grant] = placeReplicas({ nodes, wanted: [buildWish({ strategy, members })], running: [] }).placed;
    expect(grant?.members.map(({ nodeId }) => nodeId)).toEqual(["b", "a"]);
  });
});

describe("bundles that find no room take none, and each node says why not", () => {
  it.each<[PlacementStrategy, string, Partial<Resources>[], string, string[]]>([
    [
      "PACK",
      "too many GPUs in all",
      times(4, { cpus: 1, gpus: 2 }),
      "d: placement_group_bundles[3] needs 2 whole GPUs, 0 of 4 free beside placement_group_bundles[1] and " +
        "placement_group_bundles[2] (and 3 other nodes refuse). Stop other replicas or add a node with a GPU.",
      [
        "has no GPU (placement_group_bundles[3])",
        "has no GPU (placement_group_bundles[3])",
        "placement_group_bundles[3] needs 2 whole GPUs, 0 of 2 free beside placement_group_bundles[0]",
        "placement_group_bundles[3] needs 2 whole GPUs, 0 of 4 free beside placement_group_bundles[1] and placement_group_bundles[2]",
      ],
    ],
    [
      "STRICT_PACK",
      "one node lacks CPU for all",
      times(3, { cpus: 3 }),
      "d: placement_group_bundles[2] needs 3 CPU, 2 of 8 free beside 2 of 3 bundles, and STRICT_PACK wants all 3 on one " +
        "node (and 3 other nodes refuse). Lower what placement_group_bundles[2] asks for, or add a node.",
      [
        "placement_group_bundles[0] needs 3 CPU, 2 of 2 free, and STRICT_PACK wants all 3 on one node",
        "placement_group_bundles[1] needs 3 CPU, 1 of 4 free beside 1 of 3 bundles, and STRICT_PACK wants all 3 on one node",
        "placement_group_bundles[1] needs 3 CPU, 1 of 4 free beside 1 of 3 bundles, and STRICT_PACK wants all 3 on one node",
        "placement_group_bundles[2] needs 3 CPU, 2 of 8 free beside 2 of 3 bundles, and STRICT_PACK wants all 3 on one node",
      ],
    ],
    [
      "SPREAD",
      "one bundle too large for any node",
      [{ cpus: 1 }, { cpus: 16 }],
      "d: placement_group_bundles[1] needs 16 CPU, 8 of 8 free (and 3 other nodes refuse). Lower what " +
        "placement_group_bundles[1] asks for, or add a node.",
      [
        "placement_group_bundles[1] needs 16 CPU, 2 of 2 free",
        "placement_group_bundles[1] needs 16 CPU, 4 of 4 free",
        "placement_group_bundles[1] needs 16 CPU, 4 of 4 free",
        "placement_group_bundles[1] needs 16 CPU, 8 of 8 free",
      ],
    ],
    [
      "STRICT_SPREAD",
      "more bundles than nodes",
      times(5, { cpus: 1 }),
      "d takes placement_group_bundles[3] already, and STRICT_SPREAD wants placement_group_bundles[4] on another node " +
        "(and 3 other nodes refuse). Add a node, or set placement_group_strategy to SPREAD.",
      [0, 1, 2, 3].map(
        (rank) =>
          `takes placement_group_bundles[${rank}] already, and STRICT_SPREAD wants placement_group_bundles[4] on another node`,
      ),
    ],
  ])("%s: %s", (strategy, _name, bundles, reason, perNode) => {
    const { placed, refused } = place(strategy, bundles);
    expect(placed).toEqual([]);
    expect(refused[0]?.reason).toBe(reason);
    expect(refused[0]?.perNode.map((each) => each.reason)).toEqual(perNode);
  });

  it("and leave the room to a smaller replica", () => {
    const gang = buildWish({
      strategy: "STRICT_PACK",
      members: times(3, { cpus: 3 }).map((resources) => buildMember({ resources })),
    });
    const small = buildWish({ replicaId: "small", poolId: "p2", members: [buildMember({ resources: { cpus: 8 } })] });
    const { placed } = placeReplicas({ nodes: fourNodes(), wanted: [gang, small], running: [] });
    expect(placed.map(({ replicaId }) => replicaId)).toEqual(["small"]);
  });

  it("and a fallback tells why it did not help either", () => {
    const of = (cpus: number) => times(2, { cpus }).map((resources) => buildMember({ resources }));
    const wish = buildWish({ strategy: "STRICT_PACK", members: of(16), fallbacks: [of(12)] });
    const [refusal] = placeReplicas({ nodes: fourNodes().slice(0, 1), wanted: [wish], running: [] }).refused;
    expect(refusal?.reason).toBe(
      "a: placement_group_bundles[0] needs 16 CPU, 2 of 2 free, and STRICT_PACK wants all 2 on one node. " +
        "Lower what placement_group_bundles[0] asks for, or add a node. " +
        "Fallback 1: a: placement_group_bundles[0] needs 12 CPU, 2 of 2 free, and STRICT_PACK wants all 2 on one node. " +
        "Lower what placement_group_bundles[0] asks for, or add a node.",
    );
  });
});
