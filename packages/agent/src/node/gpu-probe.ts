import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Gpu } from "@sluice/contracts";

/** Finds the GPUs of this machine. None is a normal answer, never an error. */
export type GpuProbe = () => Promise<readonly Gpu[]>;

const fields = "index,uuid,name,memory.total,memory.used,utilization.gpu";
const mib = 1024 * 1024;

/** Asks nvidia-smi, which takes up to seconds without persistence mode: call it rarely. */
export const probeNvidiaGpus: GpuProbe = async () => {
  try {
    const { stdout } = await promisify(execFile)(
      "nvidia-smi",
      [`--query-gpu=${fields}`, "--format=csv,noheader,nounits"],
      { timeout: 10_000 },
    );
    return parseNvidiaSmi(stdout);
  } catch {
    // Absent (ENOENT), without driver (exit 9), or stuck: no GPUs that anything could use.
    return [];
  }
};

/** GPUs that exist in the books only, to try out placement on a machine without any. */
export function fakeGpuProbe(count: number): GpuProbe {
  const gpus: readonly Gpu[] = Array.from({ length: count }, (_, index) => ({
    uuid: `GPU-bookkeeping-${index}`,
    index,
    name: "bookkeeping only",
    model: "",
    parentUuid: null,
    migProfile: null,
    memoryTotalBytes: null,
    memoryUsedBytes: null,
    utilisationPercent: null,
  }));
  return () => Promise.resolve(gpus);
}

/** Lines of `nvidia-smi --format=csv,noheader,nounits`; memory is in MiB, `[N/A]` and the like become null. */
export function parseNvidiaSmi(text: string): Gpu[] {
  return text.split("\n").flatMap((line) => {
    const [index, uuid, name, memoryTotal, memoryUsed, utilisation] = line.split(",").map((field) => field.trim());
    if (uuid === undefined || !/^(GPU|MIG)-/.test(uuid) || !/^\d+$/.test(index ?? "")) return [];
    return [
      {
        uuid,
        index: Number(index),
        name: name ?? "",
        model: name ?? "",
        parentUuid: null,
        migProfile: null,
        memoryTotalBytes: scaled(memoryTotal, mib),
        memoryUsedBytes: scaled(memoryUsed, mib),
        utilisationPercent: scaled(utilisation, 1),
      },
    ];
  });
}

function scaled(text: string | undefined, factor: number): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) * factor : null;
}
