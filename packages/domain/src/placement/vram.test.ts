import { describe, expect, it } from "vitest";
import { buildGpu, buildNode } from "../../test/build-snapshot.ts";
import { estimateVram } from "./estimate-vram.ts";
import { judgeVram } from "./judge-vram.ts";

const GIB = 2 ** 30;

describe("estimateVram", () => {
  it.each([
    [{ vramBytes: 20 * GIB, weightBytes: 1, kind: "llm" as const }, 20 * GIB, "20 GiB, as given"],
    // 7.6 billion parameters in 16 bit: GPUStack's own example says 19.0 GiB.
    [
      { vramBytes: null, weightBytes: 15.2e9, kind: "llm" as const },
      Math.ceil(15.2e9 * 1.2) + 2 * GIB,
      "about 18.99 GiB: weights 14.16 GiB x 1.2 + 2 GiB for the framework",
    ],
    [
      { vramBytes: null, weightBytes: 100 * 2 ** 20, kind: "other" as const },
      632 * 2 ** 20,
      "about 0.62 GiB: weights 100 MiB x 1.2 + 0.5 GiB for the framework",
    ],
  ])("takes what is given, else the weights and what a runtime adds: %o", (size, bytes, text) => {
    expect(estimateVram(size)).toMatchObject({ bytes, text });
  });

  it("says nothing when nothing is known", () => {
    expect(estimateVram({ vramBytes: null, weightBytes: null, kind: "llm" })).toBeNull();
  });
});

describe("judgeVram", () => {
  const l4 = (used: number) => buildGpu({ uuid: `l4-${used}`, model: "NVIDIA L4", memoryBytes: 24 * GIB, used });
  const nodes = [
    buildNode({ nodeId: "a", gpus: [l4(1), l4(0.75)] }),
    buildNode({ nodeId: "b", gpus: [buildGpu()] }),
    buildNode({ nodeId: "c", gpus: [buildGpu({ model: "", memoryBytes: null })] }),
    buildNode({ nodeId: "d", gpus: [buildGpu({ model: "NVIDIA H200", memoryBytes: 141 * GIB })], state: "draining" }),
  ];
  const textsOf = (bytes: number, gpus: number) => judgeVram(bytes, gpus, nodes).map(({ text }) => text);

  it("tells for each GPU model at hand whether the need fits, fits when it empties, or never does", () => {
    expect(judgeVram(19 * GIB, 1, nodes).map(({ model, count, verdict }) => [model, count, verdict])).toEqual([
      ["GPU of unknown model", 1, "unknown"],
      ["NVIDIA L4", 2, "later"],
      ["NVIDIA A100-SXM4-80GB", 1, "fits"],
    ]);
    expect(textsOf(19 * GIB, 1)).toEqual([
      "GPU of unknown model: its memory is not known.",
      "NVIDIA L4: 24 GiB; 19 GiB would fit, but only 6 GiB are free now.",
      "NVIDIA A100-SXM4-80GB: 80 GiB; 19 GiB fit, 80 GiB free on the emptiest.",
    ]);
  });

  it("counts only the share of a GPU, and divides the need over several", () => {
    expect(textsOf(19 * GIB, 0.5).slice(1)).toEqual([
      "NVIDIA L4: 0.5 of 24 GiB is 12 GiB; 19 GiB do not fit.",
      "NVIDIA A100-SXM4-80GB: 0.5 of 80 GiB is 40 GiB; 19 GiB fit, 80 GiB free on the emptiest.",
    ]);
    expect(judgeVram(140 * GIB, 2, nodes).map(({ verdict }) => verdict)).toEqual(["unknown", "never", "fits"]);
  });

  it("has nothing to say of a replica without GPU", () => {
    expect(judgeVram(GIB, 0, nodes)).toEqual([]);
  });
});
