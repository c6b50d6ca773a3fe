import type { PlacementGpu } from "./placement.ts";
import type { Resources } from "./resources.ts";

/** A replica that holds room: anything assigned to a node that did not end. */
export interface RoomHolder {
  readonly nodeId: string;
  readonly resources: Resources;
  /** GPUs it was given; a fractional share names one GPU. */
  readonly gpuUuids: readonly string[];
}

export interface NodeUse {
  readonly used: Resources;
  readonly gpus: readonly PlacementGpu[];
}

/** Sums what replicas hold on one node: `gpuUuids` are the node's GPUs. */
export function measureNodeUse(
  node: { readonly nodeId: string; readonly gpuUuids: readonly string[] },
  holders: readonly RoomHolder[],
): NodeUse {
  const here = holders.filter((holder) => holder.nodeId === node.nodeId);
  const sum = (pick: (resources: Resources) => number): number =>
    here.reduce((total, holder) => total + pick(holder.resources), 0);
  const custom: Record<string, number> = {};
  for (const { resources } of here) {
    for (const [name, amount] of Object.entries(resources.custom)) custom[name] = (custom[name] ?? 0) + amount;
  }
  return {
    used: { cpus: sum((r) => r.cpus), gpus: sum((r) => r.gpus), memoryBytes: sum((r) => r.memoryBytes), custom },
    gpus: node.gpuUuids.map((uuid) => ({
      uuid,
      used: Math.min(
        1,
        here.reduce((total, holder) => total + shareOf(holder, uuid), 0),
      ),
    })),
  };
}

/** A replica with n GPUs holds each of them in full; one with a fraction holds that share of its one GPU. */
function shareOf(holder: RoomHolder, uuid: string): number {
  if (!holder.gpuUuids.includes(uuid)) return 0;
  return Math.min(1, holder.resources.gpus / holder.gpuUuids.length);
}
