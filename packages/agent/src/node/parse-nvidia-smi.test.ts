import { describe, expect, test } from "vitest";
import { a100Cut, h100, oldMig, shared, small, uncut } from "../../test/nvidia-smi/recorded.ts";
import type { RecordedMachine } from "../../test/nvidia-smi/recorded.ts";
import { listDevices, parseGpuQuery, parseMigDevices } from "./parse-nvidia-smi.ts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;
const devices = ({ query, list = "" }: RecordedMachine) => listDevices(parseGpuQuery(query), parseMigDevices(list));

describe("devices of a machine", () => {
  test.each<[RecordedMachine, (string | number | null)[][]]>([
    [
      h100,
      [
        ["GPU-5b1ccc84-a2fd-5a35-8fd5-6c0a1c0a2e11", "NVIDIA H100 80GB HBM3", 81_559 * mib, 1_024 * mib, 37],
        ["GPU-0e7bd6d1-19d8-1a41-6b5b-1a7ea1b0a1f2", "NVIDIA H100 80GB HBM3", 81_559 * mib, 0, 0],
      ],
    ],
    [
      a100Cut,
      [
        ["MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f", "NVIDIA A100-SXM4-40GB MIG 3g.20gb", 20 * gib, null, null],
        ["MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb", "NVIDIA A100-SXM4-40GB MIG 1g.5gb", 5 * gib, null, null],
        ["MIG-1e7c2a7c-7d0c-5a3b-8b0e-2d7c9f1a6e55", "NVIDIA A100-SXM4-40GB MIG 1g.5gb+me", 5 * gib, null, null],
        ["GPU-aa1e2a9b-9d6c-4a77-b3c4-5a4d2b8a7c31", "NVIDIA A100-SXM4-40GB", 40_960 * mib, mib, 0],
      ],
    ],
    [oldMig, [["MIG-GPU-b8ea3855-276c-c9cb-b366-c6fa655957c5/7/0", "A100-SXM4-40GB MIG 1g.5gb", 5 * gib, null, null]]],
    [uncut, []],
    [
      small,
      [
        ["GPU-3f1c44c0-7a34-a1b7-93d6-2f1de9f2a001", "Tesla T4", 15_360 * mib, 2 * mib, 0],
        ["GPU-62d0b5ab-7fa2-d2c5-1a0f-65f0d4a1f002", "NVIDIA L4", 23_034 * mib, 512 * mib, 12],
        ["GPU-7d1f8e0a-11cc-42d5-a9a3-33d1f0aaf003", "NVIDIA GeForce RTX 4090", 24_564 * mib, 1_391 * mib, 3],
      ],
    ],
    [
      shared,
      [
        ["GPU-9c8b7a65-4321-4fed-a987-6543210fedcb", "NVIDIA GB10", null, null, 4],
        ["GPU-77", "GRID T4-4Q", 4_096 * mib, null, null],
      ],
    ],
  ])("$what", (machine, wanted) => {
    expect(
      devices(machine).map((gpu) => [
        gpu.uuid,
        gpu.name,
        gpu.memoryTotalBytes,
        gpu.memoryUsedBytes,
        gpu.utilisationPercent,
      ]),
    ).toEqual(wanted);
  });

  test("a part names its GPU, that GPU's model and its profile", () => {
    expect(devices(a100Cut)[0]).toMatchObject({
      index: 0,
      model: "NVIDIA A100-SXM4-40GB",
      parentUuid: "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77",
      migProfile: "3g.20gb",
    });
    expect(devices(h100)[1]).toMatchObject({ index: 1, parentUuid: null, migProfile: null });
  });
});

test.each([
  "",
  "No devices were found\n",
  "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
  'Field "mig.mode.current" is not a valid field to query.',
])("%j means no GPUs", (text) => {
  expect(parseGpuQuery(text)).toEqual([]);
});
