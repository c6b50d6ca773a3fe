import type { PlacementGpu, PlacementNode, PlacementWish } from "./placement.ts";
import type { Resources } from "./resources.ts";

/** A node while a plan is being made: room shrinks with each grant. */
export interface NodeRoom {
  readonly node: PlacementNode;
  readonly free: Resources;
  readonly gpus: readonly PlacementGpu[];
  /** Replicas of each pool on the node. */
  readonly poolCounts: ReadonlyMap<string, number>;
}

export type Fit =
  | { readonly fits: true; readonly gpuUuids: readonly string[]; readonly breaksWholeGpu: boolean }
  /** `isFull`: other replicas hold the room; else the node could never take it. */
  | { readonly fits: false; readonly reason: string; readonly advice: string | null };

/** Like Ray, amounts count in 1/10 000, so that 0.1 + 0.2 is 0.3. */
export function roundAmount(amount: number): number {
  return Math.round(amount * 10_000) / 10_000;
}

/** Whether a replica fits on a node now; if not, the first reason a person can act on. */
export function judgeFit(wish: PlacementWish, room: NodeRoom): Fit {
  const { node, free } = room;
  if (node.state === "cordoned") return refuse("is cordoned: it takes no new replicas", "Uncordon it.");
  if (node.state === "draining") return refuse("is being drained: it takes no new replicas", "Uncordon it.");
  if (node.state === "unreachable") return refuse("is unreachable", "Check that its agent runs.");
  if (node.state === "gone") return refuse("was removed", null);
  const here = room.poolCounts.get(wish.poolId) ?? 0;
  if (wish.maxReplicasPerNode !== null && here >= wish.maxReplicasPerNode) {
    const advice = "Raise max_replicas_per_node or add a node.";
    return refuse(`has ${here} of at most ${wish.maxReplicasPerNode} replicas (max_replicas_per_node)`, advice);
  }
  const need = wish.resources;
  return (
    lack("CPU", "num_cpus", need.cpus, free.cpus, node.capacity.cpus) ??
    lackMemory(need.memoryBytes, free.memoryBytes, node.capacity.memoryBytes) ??
    lackCustom(need.custom, room) ??
    fitGpus(need.gpus, room.gpus)
  );
}

function lack(unit: string, option: string, need: number, free: number, capacity: number): Fit | undefined {
  if (roundAmount(need) <= roundAmount(free)) return undefined;
  const left = roundAmount(Math.max(0, free));
  const advice =
    left > 0 ? `Set ${option} to ${left} or less.` : `Stop other replicas, lower their ${option} or add a node.`;
  return refuse(`needs ${roundAmount(need)} ${unit}, ${left} of ${roundAmount(capacity)} free`, advice);
}

function lackMemory(need: number, free: number, capacity: number): Fit | undefined {
  if (need <= free || need === 0) return undefined;
  const left = Math.max(0, Math.floor(free));
  const advice = left > 0 ? `Set memory to ${left} bytes or less.` : "Stop other replicas or add a node.";
  return refuse(`needs ${inGiB(need)} of memory, ${inGiB(left)} of ${inGiB(capacity)} free`, advice);
}

function lackCustom(need: Readonly<Record<string, number>>, room: NodeRoom): Fit | undefined {
  for (const [name, amount] of Object.entries(need)) {
    const capacity = room.node.capacity.custom[name] ?? 0;
    if (capacity === 0 && amount > 0) {
      return refuse(
        `has no resource \`${name}\``,
        `Start an agent that offers \`${name}\`, or drop it from resources.`,
      );
    }
    const found = lack(name, `resources.${name}`, amount, room.free.custom[name] ?? 0, capacity);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * GPUs for a demand: below 1 a share of one GPU, the fullest that still has room; from 1 on so many wholly free ones.
 * A demand such as 1.5 takes whole GPUs, rounded up: two processes never share a GPU that one was promised in full.
 */
function fitGpus(need: number, gpus: readonly PlacementGpu[]): Fit {
  if (need === 0) return { fits: true, gpuUuids: [], breaksWholeGpu: false };
  const whole = gpus.filter((gpu) => roundAmount(gpu.used) === 0);
  if (gpus.length === 0) return refuse("has no GPU", "Set num_gpus to 0 or add a node with a GPU.");
  if (need < 1) {
    const open = gpus.filter((gpu) => roundAmount(gpu.used + need) <= 1).sort((a, b) => b.used - a.used || order(a, b));
    const chosen = open[0];
    if (chosen !== undefined) {
      return { fits: true, gpuUuids: [chosen.uuid], breaksWholeGpu: roundAmount(chosen.used) === 0 };
    }
    const most = roundAmount(Math.max(...gpus.map((gpu) => 1 - gpu.used)));
    const advice = most > 0 ? `Set num_gpus to ${most} or less.` : "Stop other replicas or add a node with a GPU.";
    return refuse(`needs ${roundAmount(need)} of a GPU, at most ${most} of one is free`, advice);
  }
  const count = Math.ceil(roundAmount(need));
  if (whole.length >= count) {
    const chosen = [...whole].sort(order).slice(0, count);
    return { fits: true, gpuUuids: chosen.map((gpu) => gpu.uuid), breaksWholeGpu: false };
  }
  const advice =
    whole.length > 0 ? `Set num_gpus to ${whole.length} or less.` : "Stop other replicas or add a GPU node.";
  return refuse(`needs ${count} whole GPU${count === 1 ? "" : "s"}, ${whole.length} of ${gpus.length} free`, advice);
}

function order(a: PlacementGpu, b: PlacementGpu): number {
  return a.uuid < b.uuid ? -1 : 1;
}

function refuse(reason: string, advice: string | null): Fit {
  return { fits: false, reason, advice };
}

function inGiB(bytes: number): string {
  const gib = bytes / 2 ** 30;
  return gib >= 0.1 ? `${Math.round(gib * 100) / 100} GiB` : `${Math.round((bytes / 2 ** 20) * 10) / 10} MiB`;
}
