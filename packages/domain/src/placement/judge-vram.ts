import { inGiB } from "./amount.ts";
import type { PlacementNode } from "./placement.ts";

/** One model of GPU in the cluster, held against a need of memory. */
export interface VramVerdict {
  readonly model: string;
  /** GPUs of this model on nodes that take replicas. */
  readonly count: number;
  /** Memory of one; null when unknown. */
  readonly memoryBytes: number | null;
  /** The most that is not given away on one of them. */
  readonly mostFreeBytes: number | null;
  /** `fits`: now; `later`: it would on an empty one; `never`: too small; `unknown`: its memory is not known. */
  readonly verdict: "fits" | "later" | "never" | "unknown";
  /** One sentence. */
  readonly text: string;
}

/**
 * The need of one member against the GPUs at hand, for showing before a deploy. `gpus` is its num_gpus: of a share only that
 * part of a GPU counts, several divide the need. Free is what placement has not given away, not what the driver measures:
 * a model that is loading now does not show there yet.
 */
export function judgeVram(vramBytes: number, gpus: number, nodes: readonly PlacementNode[]): VramVerdict[] {
  if (gpus <= 0) return [];
  const share = Math.min(1, gpus);
  const eachBytes = Math.ceil(vramBytes / Math.max(1, Math.ceil(gpus)));
  const byModel = new Map<string, { model: string; memoryBytes: number | null; mostFree: number; count: number }>();
  for (const gpu of nodes.filter(({ state }) => state === "ready").flatMap((node) => node.gpus)) {
    const model = gpu.model === "" ? "GPU of unknown model" : gpu.model;
    const key = `${model} ${gpu.memoryBytes}`;
    const seen = byModel.get(key) ?? { model, memoryBytes: gpu.memoryBytes, mostFree: 0, count: 0 };
    byModel.set(key, { ...seen, mostFree: Math.max(seen.mostFree, 1 - gpu.used), count: seen.count + 1 });
  }
  const verdicts = [...byModel.values()].map(({ model, memoryBytes, mostFree, count }): VramVerdict => {
    if (memoryBytes === null) {
      const text = `${model}: its memory is not known.`;
      return { model, count, memoryBytes, mostFreeBytes: null, verdict: "unknown", text };
    }
    const offeredBytes = Math.floor(memoryBytes * share);
    const mostFreeBytes = Math.floor(memoryBytes * mostFree);
    const verdict = eachBytes > offeredBytes ? "never" : mostFree + 1e-9 < share ? "later" : "fits";
    const part = share < 1 ? `${share} of ${inGiB(memoryBytes)} is ${inGiB(offeredBytes)}` : `${inGiB(memoryBytes)}`;
    const ends = {
      fits: `${inGiB(eachBytes)} fit, ${inGiB(mostFreeBytes)} free on the emptiest.`,
      later: `${inGiB(eachBytes)} would fit, but only ${inGiB(mostFreeBytes)} are free now.`,
      never: `${inGiB(eachBytes)} do not fit.`,
    };
    return { model, count, memoryBytes, mostFreeBytes, verdict, text: `${model}: ${part}; ${ends[verdict]}` };
  });
  return verdicts.sort((a, b) => (a.memoryBytes ?? 0) - (b.memoryBytes ?? 0) || (a.model < b.model ? -1 : 1));
}
