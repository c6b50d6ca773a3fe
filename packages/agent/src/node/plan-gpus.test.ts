import { expect, test } from "vitest";
import { a100Cut, small } from "../../test/nvidia-smi/recorded.ts";
import { listDevices, parseGpuQuery, parseMigDevices } from "./parse-nvidia-smi.ts";
import { planGpus } from "./plan-gpus.ts";

const three = listDevices(parseGpuQuery(small.query), []);
const cut = listDevices(parseGpuQuery(a100Cut.query), parseMigDevices(a100Cut.list ?? ""));
const plan = (given: Partial<Parameters<typeof planGpus>[0]> & { numGpus?: number | null }) =>
  planGpus({
    found: three,
    visible: undefined,
    nodeId: "0f0e0d0c-0000",
    ...given,
    declared: { numGpus: given.numGpus ?? null, gpuModel: "", gpuMemoryBytes: null, ...given.declared },
  });
const indexes = (given: Parameters<typeof plan>[0]): number[] => plan(given).map(({ index }) => index);

test("what is found is what there is", () => {
  expect(plan({})).toEqual(three);
});

test("a declared number takes the first ones", () => {
  expect(indexes({ numGpus: 2 })).toEqual([0, 1]);
  expect(indexes({ numGpus: 0 })).toEqual([]);
});

test("declared and not found: they stand in the books, different ones on each node", () => {
  const declared = { numGpus: 2, gpuModel: "NVIDIA A100-SXM4-80GB", gpuMemoryBytes: 5 };
  const [first, second] = plan({ found: [], declared });
  expect(first).toMatchObject({ uuid: "GPU-declared-0f0e0d0c-0", model: "NVIDIA A100-SXM4-80GB", memoryTotalBytes: 5 });
  expect(second?.uuid).toBe("GPU-declared-0f0e0d0c-1");
  expect(plan({ declared: { ...declared, numGpus: 5 } }).map(({ uuid }) => uuid.slice(0, 12))).toEqual([
    "GPU-3f1c44c0",
    "GPU-62d0b5ab",
    "GPU-7d1f8e0a",
    "GPU-declared",
    "GPU-declared",
  ]);
});

test.each([
  ["2,0", [2, 0]],
  ["GPU-62d0", [1]],
  ["", []],
  ["1,9,0", [1]],
])("an agent that sees CUDA_VISIBLE_DEVICES=%s gives out only those", (visible, wanted) => {
  expect(indexes({ visible })).toEqual(wanted);
});

test("a GPU that is cut up is named by its parts", () => {
  const [part] = cut;
  expect(plan({ found: cut, visible: part?.uuid }).map(({ uuid }) => uuid)).toEqual([part?.uuid]);
  expect(plan({ found: cut, visible: "0" })).toHaveLength(3);
});
