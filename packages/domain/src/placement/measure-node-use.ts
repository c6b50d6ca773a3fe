import { fromUnits, toUnits } from "./amount.ts";
import { gpuShareOf } from "./node-room.ts";
import type { GpuDevice, PlacementNode, PlacementNodeFacts } from "./placement.ts";
import type { Resources } from "./resources.ts";

/** A member of a replica that holds room: anything assigned to a node that did not end. */
export interface RoomHolder {
  readonly nodeId: string;
  /** For spreading; left out where only the sum matters. */
  readonly poolId?: string;
  readonly resources: Resources;
  /** GPUs it was given; a fractional share names one GPU. */
  readonly gpuUuids: readonly string[];
}

export interface NodeUse {
  readonly used: Resources;
  readonly gpus: readonly { readonly uuid: string; readonly used: number }[];
}

/** Sums what replicas hold on one node: `gpuUuids` are the node's GPUs. */
export function measureNodeUse(
  node: { readonly nodeId: string; readonly gpuUuids: readonly string[] },
  holders: readonly RoomHolder[],
): NodeUse {
  const here = holders.filter((holder) => holder.nodeId === node.nodeId);
  const sum = (pick: (resources: Resources) => number): number =>
    fromUnits(here.reduce((total, { resources }) => total + toUnits(pick(resources)), 0));
  const custom: Record<string, number> = {};
  for (const { resources } of here) {
    for (const [name, amount] of Object.entries(resources.custom)) {
      if (toUnits(amount) !== 0) custom[name] = fromUnits(toUnits(custom[name] ?? 0) + toUnits(amount));
    }
  }
  const memoryBytes = here.reduce((total, { resources }) => total + Math.ceil(resources.memoryBytes), 0);
  return {
    used: { cpus: sum((r) => r.cpus), gpus: sum((r) => r.gpus), memoryBytes, custom },
    gpus: node.gpuUuids.map((uuid) => ({
      uuid,
      used: Math.min(1, fromUnits(here.reduce((total, holder) => total + shareOf(holder, uuid), 0))),
    })),
  };
}

/** A node with what the holders use of it, for `placeReplicas`. */
export function measureNode(facts: PlacementNodeFacts, holders: readonly RoomHolder[]): PlacementNode {
  const use = measureNodeUse({ nodeId: facts.nodeId, gpuUuids: facts.gpus.map(({ uuid }) => uuid) }, holders);
  const gpus = facts.gpus.map(({ uuid, model, memoryBytes }: GpuDevice, index) => {
    return { uuid, model, memoryBytes, used: use.gpus[index]?.used ?? 0 };
  });
  return { ...facts, used: use.used, gpus };
}

/** A member with n GPUs holds each of them in full; one with a fraction holds that share of its one GPU. */
function shareOf(holder: RoomHolder, uuid: string): number {
  return holder.gpuUuids.includes(uuid) ? gpuShareOf(toUnits(holder.resources.gpus)) : 0;
}
