/** What deployments with GPUs need of their memory, held against the GPUs at hand. Pure. */
import type { PlanView } from "@sluice/contracts";
import type { Node, Replica } from "@sluice/db";
import { estimateVram, judgeVram } from "@sluice/domain";
import type { DeploymentChange } from "./plan-deployments.ts";
import { placementNodesOf } from "./plan-nodes.ts";

export function planGpuMemory(
  changes: readonly DeploymentChange[],
  nodes: readonly Node[],
  replicas: readonly Replica[],
): PlanView["gpu_memory"] {
  return changes.flatMap(({ planned, line }) => {
    const gpus = planned?.resolved.ray_actor_options.num_gpus ?? 0;
    const vramBytes = planned?.resolved.vram_bytes ?? null;
    if (planned === null || gpus <= 0) return [];
    const need = estimateVram({ vramBytes, weightBytes: null, kind: "other" });
    if (need === null) return [];
    return [
      {
        deployment: line.name,
        need_bytes: need.bytes,
        source: need.source,
        text: need.text,
        gpus: judgeVram(need.bytes, gpus, placementNodesOf(nodes, replicas)).map((verdict) => ({
          model: verdict.model,
          count: verdict.count,
          memory_bytes: verdict.memoryBytes,
          most_free_bytes: verdict.mostFreeBytes,
          verdict: verdict.verdict,
          text: verdict.text,
        })),
      },
    ];
  });
}
