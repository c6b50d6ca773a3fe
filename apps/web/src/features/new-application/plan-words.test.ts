import { describe, expect, it } from "vitest";
import type { BundleDescription, PlanView } from "@sluice/contracts";
import { changeWords, listNodeWords, listWarnings, restOfNodes, splitText } from "./plan-words.ts";

const node = (name: string, takes: number, reason = ""): PlanView["nodes"][number] => ({
  node_id: name,
  name,
  takes,
  reason,
  cpus_total: 4,
  cpus_used: 1,
  cpus_added: takes,
  gpus: [],
});
const unplaced = [
  {
    deployment: "classifier",
    reason: "1 of 1 new replica would wait: too little CPU",
    per_node: [],
    suggestion: null,
  },
];

describe("the nodes of a plan", () => {
  it("are not refused when nothing is to be placed: one neutral line says so", () => {
    const plan = { nodes: [node("vm", 0, "Nothing new to place.")], unplaced: [] };
    expect(listNodeWords(plan)).toEqual([]);
    expect(restOfNodes(plan)).toBe("No new replica is needed, so nothing is placed.");
  });

  it("have a line each where they take replicas; the others are counted", () => {
    const plan = { nodes: [node("a", 2), node("b", 0), node("c", 0)], unplaced: [] };
    expect(listNodeWords(plan).map(({ tone, title }) => [tone, title])).toEqual([["ok", "a takes 2 replicas"]]);
    expect(restOfNodes(plan)).toBe("2 other nodes are not needed.");
  });

  it("are refused when a replica finds no place", () => {
    const plan = { nodes: [node("a", 1), node("b", 0)], unplaced };
    expect(listNodeWords(plan).map(({ tone, title }) => [tone, title])).toEqual([
      ["ok", "a takes 1 replica"],
      ["bad", "b refused"],
    ]);
    expect(restOfNodes(plan)).toBeNull();
  });

  it("are not named twice: the line of the replica that finds no place names each with its reason", () => {
    const refusal = { node_id: "a", node_name: "a", reason: "has no GPU", advice: null, suggestion: null };
    const [first] = unplaced;
    const plan = {
      nodes: [node("a", 0), node("b", 0)],
      unplaced: first === undefined ? [] : [{ ...first, per_node: [refusal, { ...refusal, node_id: "b" }] }],
    };
    expect(listNodeWords(plan)).toEqual([]);
  });
});

describe("a changed field", () => {
  const one = [{ name: "classifier" }];

  it("that was emptied says which default holds then", () => {
    expect(changeWords({ pointer: "#/deployments/0/num_replicas", before: 3, after: null }, one, null)).toEqual({
      field: "num_replicas",
      before: "3",
      after: "default 1",
    });
  });

  it("that was emptied says what the code declares, where it does", () => {
    const description = {
      ingress: "classifier",
      deployments: [{ options: { name: "classifier", num_replicas: 2 }, outbound: [], methods: ["fetch"] }],
    } as unknown as BundleDescription;
    const change = { pointer: "#/deployments/0/num_replicas", before: 3, after: null };
    expect(changeWords(change, one, description).after).toBe("2 (as in the code)");
  });

  it("that was emptied says how a model's default is made, since its batches may change with it", () => {
    const description = {
      ingress: "classifier",
      deployments: [{ options: { name: "classifier" }, inputs: [], outbound: [], methods: [] }],
    } as unknown as BundleDescription;
    const emptied = (option: string) =>
      changeWords({ pointer: `#/deployments/0/${option}`, before: 9, after: null }, one, description).after;
    expect(emptied("max_ongoing_requests")).toBe("default, twice max_batch_size");
    expect(emptied("batching/max_batch_size")).toBe("default 32");
    expect(emptied("batching/target_p99_ms")).toBe("not set");
  });

  it("names its deployment where there are several, nests, and shortens hashes", () => {
    const change = { pointer: "#/deployments/1/ray_actor_options/num_cpus", before: 0.25, after: 1 };
    expect(changeWords(change, [{ name: "a" }, { name: "b" }], null).field).toBe("b.ray_actor_options.num_cpus");
    const model = { pointer: "#/deployments/0/model", before: null, after: `bundle:${"ab".repeat(32)}` };
    expect(changeWords(model, one, null)).toEqual({ field: "model", before: "not set", after: "bundle:abab…abab" });
    expect(changeWords({ pointer: "#/route_prefix", before: "/a", after: null }, one, null).after).toBe("not set");
  });
});

it("a split reads as on its sliders", () => {
  expect(
    splitText([
      { variant: "r1", revision: 1, weight: 72.5 },
      { variant: "r2", revision: 2, weight: 27.5 },
    ]),
  ).toBe("r1 72.5 %, r2 27.5 %");
});

describe("the warnings of a plan", () => {
  const plan = (way: "step" | "wait", splits = 0): PlanView => ({
    outcome: "update",
    revision: 2,
    stage: "described",
    stage_message: "",
    changes: [],
    deployments: [
      {
        name: "classifier",
        action: "restart",
        reason: "",
        way,
        step_size: 1,
        autoscaling: null,
        num_replicas: 1,
        manual_num_replicas: null,
        num_cpus: 1,
        num_gpus: 0,
      },
    ],
    nodes: [],
    unplaced,
    gpu_memory: [],
    ends_split: Array.from({ length: splits }, (_, index) => ({
      variant: `r${index + 1}`,
      revision: index + 1,
      weight: 50,
    })),
    warnings: ["Words of any kind.", "The split ends."],
    coded_warnings: [
      { code: "no_room", text: "Words of any kind." },
      { code: "ends_split", text: "The split ends." },
    ],
  });
  const shown = (of: PlanView): string[] => listWarnings([...of.warnings, "Another."], of);

  it("keep that there is no room, unless all that waits takes turns", () => {
    expect(shown(plan("wait"))).toEqual(["Words of any kind.", "The split ends.", "Another."]);
    expect(shown(plan("step"))).toEqual(["The split ends.", "Another."]);
  });

  it("leave out the end of a split that has its own line", () => {
    expect(shown(plan("wait", 2))).toEqual(["Words of any kind.", "Another."]);
  });
});
