import { expect, test } from "vitest";
import { fakeGpuProbe, parseNvidiaSmi } from "./gpu-probe.ts";

test("GPUs are read with bytes and percent", () => {
  expect(parseNvidiaSmi("0, GPU-5b1c, NVIDIA H100 80GB HBM3, 81559, 1024, 37\n")).toEqual([
    {
      uuid: "GPU-5b1c",
      index: 0,
      name: "NVIDIA H100 80GB HBM3",
      model: "NVIDIA H100 80GB HBM3",
      parentUuid: null,
      migProfile: null,
      memoryTotalBytes: 81_559 * 1024 * 1024,
      memoryUsedBytes: 1024 * 1024 * 1024,
      utilisationPercent: 37,
    },
  ]);
});

test("values the driver does not know are null, not zero", () => {
  const [gpu] = parseNvidiaSmi("1, GPU-77, NVIDIA A100, [N/A], [Not Supported], [N/A]");
  expect(gpu).toMatchObject({ memoryTotalBytes: null, memoryUsedBytes: null, utilisationPercent: null });
});

test.each([
  "",
  "No devices were found\n",
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
])("%j means no GPUs", (text) => {
  expect(parseNvidiaSmi(text)).toEqual([]);
});

test("bookkeeping GPUs have distinct ids", async () => {
  const gpus = await fakeGpuProbe(2)();
  expect(new Set(gpus.map(({ uuid }) => uuid)).size).toBe(2);
});
