import { describe, expect, it } from "vitest";
import { buildNode } from "../../test/build-snapshot.ts";
import { matchesAccelerator, nameAccelerator } from "./match-accelerator.ts";
import { matchesLabel, parseLabelSelector } from "./match-labels.ts";
import { membersOfOptions } from "./members-of-options.ts";

describe("matchesAccelerator", () => {
  it.each([
    ["A100", "NVIDIA A100-SXM4-80GB"],
    ["a100", "NVIDIA A100 80GB PCIe"],
    ["A100-80G", "NVIDIA A100-SXM4-80GB"],
    ["NVIDIA_TESLA_T4", "Tesla T4"],
    ["NVIDIA_TESLA_V100", "Tesla V100-SXM2-16GB"],
    ["H100", "NVIDIA H100 80GB HBM3"],
    ["L40S", "NVIDIA L40S"],
    ["RTX4090", "NVIDIA GeForce RTX 4090"],
    ["AMD-Instinct-MI300X-OAM", "AMD Instinct MI300X OAM"],
    ["Intel-GPU-Max-1550", "Intel(R) Data Center GPU Max 1550"],
  ])("%s is %s", (type, model) => {
    expect(matchesAccelerator(type, model)).toBe(true);
  });

  it.each([
    ["L4", "NVIDIA L40S"],
    ["A10", "NVIDIA A100-SXM4-80GB"],
    ["A10", "NVIDIA A10G"],
    ["A100-40G", "NVIDIA A100-SXM4-80GB"],
    ["H100", "NVIDIA H200"],
    ["NVIDIA", "NVIDIA L4"],
    ["L4", ""],
  ])("%s is not %s", (type, model) => {
    expect(matchesAccelerator(type, model)).toBe(false);
  });

  it("names a model as Ray does", () => {
    const models = ["NVIDIA A100-SXM4-80GB", "Tesla T4", "NVIDIA GeForce RTX 4090", ""];
    expect(models.map(nameAccelerator)).toEqual(["A100", "T4", "RTX4090", undefined]);
  });
});

describe("a label selector", () => {
  const labels = { zone: "eu-1", tier: "gold" };
  it.each([
    ["eu-1", true],
    ["eu-2", false],
    ["!eu-2", true],
    ["!eu-1", false],
    ["in(eu-1,eu-2)", true],
    ["in( us-1 , eu-1 )", true],
    ["in(us-1)", false],
    ["!in(us-1,us-2)", true],
    ["!in(eu-1,us-2)", false],
  ])("zone: %s on a node with zone=eu-1 is %s", (text, expected) => {
    const rules = parseLabelSelector({ zone: text, tier: "gold" });
    expect(rules.every((rule) => matchesLabel(buildNode({ labels }), rule))).toBe(expected);
  });

  it.each([
    ["eu-1", false],
    ["in(eu-1)", false],
    ["!eu-1", true],
    ["!in(eu-1,eu-2)", true],
  ])("zone: %s on a node without zone is %s, as in Ray", (text, expected) => {
    expect(parseLabelSelector({ zone: text }).every((rule) => matchesLabel(buildNode(), rule))).toBe(expected);
  });
});

describe("membersOfOptions", () => {
  const actor = { num_cpus: 1, num_gpus: 1, memory: 5, resources: { lane: 1 } };
  const resources = { cpus: 1, gpus: 1, memoryBytes: 5, custom: { lane: 1 } };

  it("makes one member of a plain deployment, and a fallback of each selector", () => {
    const ray_actor_options = {
      ...actor,
      accelerator_type: "L4",
      label_selector: { zone: "a" },
      fallback_strategy: [{ label_selector: { zone: "b" } }, { label_selector: {} }],
    };
    const member = { resources, acceleratorType: "L4", vramBytes: 7 };
    expect(membersOfOptions({ ray_actor_options, vram_bytes: 7 })).toEqual({
      members: [{ ...member, labelSelector: { zone: "a" } }],
      strategy: "PACK",
      fallbacks: [[{ ...member, labelSelector: { zone: "b" } }], [{ ...member, labelSelector: {} }]],
    });
  });

  it("makes a member of each bundle; only those with a GPU need its memory", () => {
    const bundles = [
      { ...actor, num_gpus: 0 },
      { ...actor, label_selector: { zone: "b" } },
    ];
    const placement = { bundles, strategy: "STRICT_PACK" as const, fallback: [{ bundles: [actor] }] };
    const members = [
      { resources: { ...resources, gpus: 0 }, labelSelector: {}, acceleratorType: null, vramBytes: null },
      { resources, labelSelector: { zone: "b" }, acceleratorType: null, vramBytes: 7 },
    ];
    expect(membersOfOptions({ ray_actor_options: actor, vram_bytes: 7, placement })).toEqual({
      members,
      strategy: "STRICT_PACK",
      fallbacks: [[{ ...members[1], labelSelector: {} }]],
    });
  });
});
