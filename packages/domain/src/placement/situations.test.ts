import { describe, expect, it } from "vitest";
import { buildGpu, buildNode } from "../../test/build-snapshot.ts";
import { buildMember, buildWish } from "../../test/build-wish.ts";
import { placeReplicas } from "./place-replicas.ts";
import type { PlacementNode, PlacementWish } from "./placement.ts";
import type { Resources } from "./resources.ts";

const GIB = 2 ** 30;

function use(part: Partial<Resources>): Resources {
  return { cpus: 0, gpus: 0, memoryBytes: 0, custom: {}, ...part };
}

/** Four nodes as a person starts them on one machine: two plain, one with two GPUs, one with four. */
function fourNodes(overrides: Readonly<Record<string, Partial<PlacementNode>>> = {}): PlacementNode[] {
  const l4 = (uuid: string) => buildGpu({ uuid, model: "NVIDIA L4", memoryBytes: 24 * GIB });
  return [
    buildNode({ nodeId: "cpu-1", cpus: 2, labels: { zone: "eu-1" }, ...overrides["cpu-1"] }),
    buildNode({ nodeId: "cpu-2", cpus: 4, labels: { zone: "eu-2" }, ...overrides["cpu-2"] }),
    buildNode({ nodeId: "l4", cpus: 4, gpus: [l4("l4-0"), l4("l4-1")], labels: { zone: "eu-1" }, ...overrides["l4"] }),
    buildNode({
      nodeId: "a100",
      cpus: 8,
      gpus: [0, 1, 2, 3].map((i) => buildGpu({ uuid: `a100-${i}` })),
      ...overrides["a100"],
    }),
  ];
}

function plain(resources: Partial<Resources>, rest: Parameters<typeof buildMember>[0] = {}): PlacementWish {
  return buildWish({ members: [buildMember({ ...rest, resources })] });
}

/** `l4: l4-0` for each member in rank order, or the nodes' own words. */
function outcome(nodes: readonly PlacementNode[], wish: PlacementWish): string[] {
  const { placed, refused } = placeReplicas({ nodes, wanted: [wish], running: [] });
  const grants = placed
    .flatMap(({ members }) => members)
    .map(({ nodeId, gpuUuids }) => [nodeId, ...gpuUuids].join(" "));
  return [
    ...grants,
    ...refused.flatMap(({ perNode }) => perNode.map(({ nodeName, reason }) => `${nodeName}: ${reason}`)),
  ];
}

describe("a plain replica among four nodes goes to", () => {
  const shared = { gpus: [buildGpu({ uuid: "a100-0", used: 0.5 }), buildGpu({ uuid: "a100-1" })] };
  it.each<[string, PlacementNode[], PlacementWish, string]>([
    ["the smallest node without GPUs when it wants CPU", fourNodes(), plain({ cpus: 1 }), "cpu-1"],
    ["the node with the fewest GPUs left when it wants one", fourNodes(), plain({ cpus: 1, gpus: 1 }), "l4 l4-0"],
    ["the GPU that is shared already", fourNodes({ a100: shared }), plain({ gpus: 0.5 }), "a100 a100-0"],
    ["a whole GPU when no shared one has room", fourNodes({ a100: shared }), plain({ gpus: 0.6 }), "a100 a100-1"],
    ["as many whole GPUs as it wants", fourNodes(), plain({ gpus: 3 }), "a100 a100-0 a100-1 a100-2"],
    ["its accelerator type", fourNodes(), plain({ gpus: 1 }, { acceleratorType: "a100" }), "a100 a100-0"],
    [
      "its accelerator type, by Ray's long name",
      fourNodes(),
      plain({ gpus: 1 }, { acceleratorType: "NVIDIA_L4" }),
      "l4 l4-0",
    ],
    ["a GPU with its memory", fourNodes(), plain({ gpus: 1 }, { vramBytes: 40 * GIB }), "a100 a100-0"],
    ["a share that holds its memory", fourNodes(), plain({ gpus: 0.5 }, { vramBytes: 12 * GIB }), "l4 l4-0"],
    ["the whole that holds its memory", fourNodes(), plain({ gpus: 2 }, { vramBytes: 48 * GIB }), "l4 l4-0 l4-1"],
    ["its label", fourNodes(), plain({ cpus: 1 }, { labelSelector: { zone: "eu-2" } }), "cpu-2"],
    [
      "a node without a label it must not have",
      fourNodes(),
      plain({ cpus: 1 }, { labelSelector: { zone: "!in(eu-1, eu-2)" } }),
      "a100",
    ],
    [
      "a node by Ray's own labels",
      fourNodes(),
      plain({}, { labelSelector: { "ray.io/accelerator-type": "A100" } }),
      "a100",
    ],
    [
      "a custom resource",
      fourNodes({ l4: { capacity: use({ cpus: 4, custom: { lane: 1 } }) } }),
      plain({ custom: { lane: 0.5 } }),
      "l4",
    ],
  ])("%s", (_name, nodes, wish, expected) => {
    expect(outcome(nodes, wish)).toEqual([expected]);
  });

  it("the first fallback with room, and the grant says which", () => {
    const fallbacks = ["ap-1", "eu-2"].map((zone) => [buildMember({ labelSelector: { zone } })]);
    const wish = buildWish({ members: [buildMember({ labelSelector: { zone: "us-1" } })], fallbacks });
    const { placed } = placeReplicas({ nodes: fourNodes(), wanted: [wish], running: [] });
    expect(placed).toEqual([{ replicaId: "r1", members: [{ rank: 0, nodeId: "cpu-2", gpuUuids: [] }], fallback: 1 }]);
  });

  it("different nodes for replicas of a pool that runs already, by count", () => {
    const running = [
      { poolId: "p1", nodeId: "cpu-1", count: 2 },
      { poolId: "p1", nodeId: "cpu-2", count: 1 },
    ];
    const nodes = fourNodes().slice(0, 2);
    const { placed } = placeReplicas({ nodes, wanted: [plain({ cpus: 1 })], running });
    expect(placed[0]?.members[0]?.nodeId).toBe("cpu-2");
  });
});

describe("a plain replica that fits nowhere hears from each node why", () => {
  it.each<[string, PlacementNode[], PlacementWish, string[]]>([
    [
      "too much CPU",
      fourNodes({ "cpu-2": { used: use({ cpus: 3.5 }) }, a100: { state: "draining" } }),
      plain({ cpus: 6 }),
      [
        "cpu-1: needs 6 CPU, 2 of 2 free",
        "cpu-2: needs 6 CPU, 0.5 of 4 free",
        "l4: needs 6 CPU, 4 of 4 free",
        "a100: is being drained: it takes no new replicas",
      ],
    ],
    [
      "several things at once",
      fourNodes().slice(2, 3),
      plain({ cpus: 6, memoryBytes: 16 * GIB, gpus: 3 }),
      ["l4: needs 6 CPU, 4 of 4 free, and 16 GiB of memory, 8 GiB of 8 GiB free, and 3 whole GPUs, 2 of 2 free"],
    ],
    [
      "a custom resource that is used up",
      [buildNode({ capacity: use({ cpus: 4, custom: { lane: 2 } }), used: use({ custom: { lane: 1.5 } }) })],
      plain({ custom: { lane: 1 } }),
      ["n1: needs 1 lane, 0.5 of 2 free"],
    ],
    [
      "a share of a GPU",
      fourNodes({
        l4: { gpus: [buildGpu({ uuid: "l4-0", used: 0.75 }), buildGpu({ uuid: "l4-1", used: 1 })] },
        a100: { state: "unreachable" },
      }),
      plain({ gpus: 0.5 }),
      [
        "cpu-1: has no GPU",
        "cpu-2: has no GPU",
        "l4: needs 0.5 of a GPU, at most 0.25 of one is free",
        "a100: is unreachable",
      ],
    ],
    [
      "an accelerator that no node has",
      fourNodes(),
      plain({ gpus: 1 }, { acceleratorType: "H100" }),
      [
        "cpu-1: has no GPU, but accelerator_type wants H100",
        "cpu-2: has no GPU, but accelerator_type wants H100",
        "l4: has NVIDIA L4, but accelerator_type wants H100",
        "a100: has NVIDIA A100-SXM4-80GB, but accelerator_type wants H100",
      ],
    ],
    [
      "labels",
      fourNodes({ "cpu-1": { state: "cordoned" } }),
      plain({}, { labelSelector: { zone: "in(us-1,us-2)" } }),
      [
        "cpu-1: is cordoned: it takes no new replicas",
        "cpu-2: has zone=eu-2, but label_selector wants zone in (us-1, us-2)",
        "l4: has zone=eu-1, but label_selector wants zone in (us-1, us-2)",
        "a100: has no label zone, but label_selector wants zone in (us-1, us-2)",
      ],
    ],
    [
      "GPU memory",
      fourNodes().slice(2),
      plain({ gpus: 0.5 }, { vramBytes: 60 * GIB }),
      [
        "l4: needs a GPU with 120 GiB of memory for 0.5 of it to be enough, the largest has 24 GiB",
        "a100: needs a GPU with 120 GiB of memory for 0.5 of it to be enough, the largest has 80 GiB",
      ],
    ],
    [
      "MIG devices, which do not add up",
      [buildNode({ gpus: ["MIG-1", "MIG-2"].map((uuid) => buildGpu({ uuid })) })],
      plain({ gpus: 2 }),
      ["n1: needs 2 whole GPUs, 0 of 0 free (a process can use one MIG device only)"],
    ],
  ])("%s", (_name, nodes, wish, expected) => {
    expect(outcome(nodes, wish)).toEqual(expected);
  });

  it("with a value for a button where a smaller one would fit there, and only there", () => {
    const suggestionsOf = (wish: PlacementWish) =>
      placeReplicas({ nodes: fourNodes({ "cpu-2": { used: use({ cpus: 4 }) } }), wanted: [wish], running: [] })
        .refused.flatMap(({ perNode }) => perNode)
        .map(({ suggestion }) => suggestion);
    expect(suggestionsOf(plain({ gpus: 5 }))).toEqual([
      null,
      null,
      { option: "num_gpus", value: 2 },
      { option: "num_gpus", value: 4 },
    ]);
    expect(suggestionsOf(plain({ cpus: 9 }))).toEqual([
      { option: "num_cpus", value: 2 },
      null,
      { option: "num_cpus", value: 4 },
      { option: "num_cpus", value: 8 },
    ]);
    // Less CPU alone would not help anywhere.
    expect(suggestionsOf(plain({ cpus: 9, memoryBytes: 9 * GIB }))).toEqual([null, null, null, null]);
  });

  it("with the value at which all replicas of the pool fit, when they hold the room themselves", () => {
    const wanted = ["r1", "r2", "r3"].map((replicaId) => ({ ...plain({ cpus: 1 }), replicaId }));
    const { placed, refused } = placeReplicas({ nodes: [buildNode({ cpus: 2 })], wanted, running: [] });
    expect(placed.length).toBe(2);
    expect(refused).toMatchObject([
      {
        reason: "needs 1 CPU, 0 of 2 free on n1. Set num_cpus to 0.66 or less: then all 3 replicas fit.",
        suggestion: { option: "num_cpus", value: 0.66 },
      },
    ]);
  });

  it("with who holds the room and when it goes", () => {
    const held = { resources: use({ cpus: 2, gpus: 1 }) };
    const nodes = [
      buildNode({
        cpus: 2,
        used: use({ cpus: 2 }),
        heldBy: [
          { ...held, kind: "leaving", label: "revision 3 of shop" },
          { ...held, kind: "warm", label: "revision 2 of shop" },
        ],
      }),
    ];
    expect(placeReplicas({ nodes, wanted: [plain({ cpus: 1 })], running: [] }).refused[0]?.reason).toBe(
      "needs 1 CPU, 0 of 2 free on n1. 2 CPU are held by revision 3 of shop, which goes when the update completes. " +
        "2 CPU are held warm for a rollback by revision 2 of shop, which gives way when room is short. " +
        "Stop other replicas, lower their num_cpus or add a node.",
    );
  });

  it("and a smaller one is placed all the same", () => {
    const wanted = [
      { ...plain({ cpus: 64 }), replicaId: "large" },
      { ...plain({ cpus: 1 }), replicaId: "small", poolId: "p2" },
    ];
    const { placed, refused } = placeReplicas({ nodes: fourNodes(), wanted, running: [] });
    expect([placed.map((p) => p.replicaId), refused.map((r) => r.replicaId)]).toEqual([["small"], ["large"]]);
  });
});
