import type { Gpu } from "@sluice/contracts";
import type { DeclaredNode } from "./declared-node.ts";

export interface GpuFacts {
  readonly found: readonly Gpu[];
  readonly declared: Pick<DeclaredNode, "numGpus" | "gpuModel" | "gpuMemoryBytes">;
  /** `CUDA_VISIBLE_DEVICES` of the agent itself: what it names, by index or UUID, is all that there is. */
  readonly visible: string | undefined;
  readonly nodeId: string;
}

/**
 * The GPUs of this node. `--num-gpus` takes the first ones found; what is missing stands in the books only, so that
 * placement can be tried out on a machine without any.
 */
export function planGpus({ found, declared, visible, nodeId }: GpuFacts): readonly Gpu[] {
  const seen = visible === undefined ? found : pickVisible(found, visible);
  const { numGpus } = declared;
  if (numGpus === null) return seen;
  const missing = Array.from({ length: Math.max(0, numGpus - seen.length) }, (_, at) => seen.length + at);
  return [...seen.slice(0, numGpus), ...missing.map((index) => declareGpu(index, declared, nodeId))];
}

/** As CUDA reads it: in the order given, up to the first entry that names nothing; UUIDs may be cut short. */
function pickVisible(found: readonly Gpu[], visible: string): readonly Gpu[] {
  const picked: Gpu[] = [];
  for (const entry of visible.split(",").map((part) => part.trim())) {
    const named = found.filter(({ uuid, index, parentUuid }) =>
      /^\d+$/.test(entry) ? index === Number(entry) : entry !== "" && (uuid.startsWith(entry) || parentUuid === entry),
    );
    if (named.length === 0) break;
    picked.push(...named.filter((gpu) => !picked.includes(gpu)));
  }
  return picked;
}

function declareGpu(index: number, declared: GpuFacts["declared"], nodeId: string): Gpu {
  return {
    // No two nodes have the same one.
    uuid: `GPU-declared-${nodeId.slice(0, 8)}-${index}`,
    index,
    name: declared.gpuModel === "" ? "declared, not found" : declared.gpuModel,
    model: declared.gpuModel,
    parentUuid: null,
    migProfile: null,
    memoryTotalBytes: declared.gpuMemoryBytes,
    memoryUsedBytes: null,
    utilisationPercent: null,
  };
}
