import type { Gpu } from "@sluice/contracts";

const mib = 1024 ** 2;
const gib = 1024 ** 3;

/** What `nvidia-smi --query-gpu` says of one physical GPU. */
export interface PhysicalGpu extends Gpu {
  /** Cut up into MIG devices, or about to be: it cannot be used whole. Null where the driver does not say. */
  readonly isMig: boolean | null;
}

/** One MIG device as `nvidia-smi -L` lists it. */
export interface MigDevice {
  readonly uuid: string;
  readonly profile: string;
  readonly parentUuid: string;
}

/**
 * Lines of `index,uuid,name,memory.total,memory.used,utilization.gpu[,mig.mode.current]` with `--format=csv,noheader,nounits`;
 * memory is in MiB, `[N/A]` and the like become null. Anything else on a line is no GPU.
 */
export function parseGpuQuery(text: string): PhysicalGpu[] {
  return text.split("\n").flatMap((line) => {
    const [index, uuid, name = "", total, used, busy, mig] = line.split(",").map((field) => field.trim());
    if (uuid === undefined || !uuid.startsWith("GPU-") || !/^\d+$/.test(index ?? "")) return [];
    return [
      {
        uuid,
        index: Number(index),
        name,
        model: name,
        parentUuid: null,
        migProfile: null,
        memoryTotalBytes: scaled(total, mib),
        memoryUsedBytes: scaled(used, mib),
        utilisationPercent: scaled(busy, 1),
        isMig: mig === "Enabled" ? true : mig === "Disabled" || mig === "[N/A]" ? false : null,
      },
    ];
  });
}

/** The MIG devices in the output of `nvidia-smi -L`, each below its GPU. */
export function parseMigDevices(text: string): MigDevice[] {
  const devices: MigDevice[] = [];
  let parentUuid = "";
  for (const line of text.split("\n")) {
    parentUuid = /^GPU \d+:.*\(UUID: (GPU-[^)]+)\)/.exec(line)?.[1] ?? parentUuid;
    const [, profile, uuid] = /^\s+MIG (\S+)\s+Device\s+\d+:\s+\(UUID: (MIG-[^)]+)\)/.exec(line) ?? [];
    if (profile !== undefined && uuid !== undefined && parentUuid !== "") devices.push({ uuid, profile, parentUuid });
  }
  return devices;
}

/** The devices that replicas can be given: whole GPUs, and of those that are cut up their parts instead. */
export function listDevices(gpus: readonly PhysicalGpu[], parts: readonly MigDevice[]): Gpu[] {
  return gpus.flatMap(({ isMig, ...gpu }) => {
    const own = parts.filter(({ parentUuid }) => parentUuid === gpu.uuid);
    if (own.length > 0) return own.map((part) => deviceOf(gpu, part));
    // MIG is on and nothing is cut yet: CUDA finds nothing there.
    return isMig === true ? [] : [gpu];
  });
}

/** The driver tells no load of a part, and its memory only by the name of its profile, which rounds up a little. */
function deviceOf(gpu: Gpu, { uuid, profile, parentUuid }: MigDevice): Gpu {
  return {
    ...gpu,
    uuid,
    name: `${gpu.name} MIG ${profile}`,
    parentUuid,
    migProfile: profile,
    memoryTotalBytes: scaled(/(\d+)gb/.exec(profile)?.[1], gib),
    memoryUsedBytes: null,
    utilisationPercent: null,
  };
}

function scaled(text: string | undefined, factor: number): number | null {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) * factor : null;
}
