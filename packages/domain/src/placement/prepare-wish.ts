import { toUnits, UNITS_PER_ONE } from "./amount.ts";
import { matchesAccelerator } from "./match-accelerator.ts";
import { parseLabelSelector, readLabel } from "./match-labels.ts";
import type { LabelRule } from "./match-labels.ts";
import { needOf } from "./node-room.ts";
import type { NodeRoom, RoomGpu, RoomNeed } from "./node-room.ts";
import type { MemberWish, PlacementWish } from "./placement.ts";

/** A member's wish, made ready for being held against hundreds of nodes. */
export interface PreparedMember {
  readonly rank: number;
  readonly wish: MemberWish;
  readonly need: RoomNeed;
  /** Units of one GPU below 1; 0 when it wants none or whole ones. */
  readonly gpuShare: number;
  /** Whole GPUs. A demand such as 1.5 takes whole ones, rounded up. */
  readonly wholeGpus: number;
  /** Memory each of its GPUs must have in all: of a share only that part counts, several GPUs divide the need. */
  readonly vramPerGpuBytes: number;
  readonly labels: readonly LabelRule[];
  /** Verdicts on GPU models so far; there are few models and many GPUs. */
  readonly modelVerdicts: Map<string, boolean>;
}

export function prepareMembers(members: readonly MemberWish[], poolId: string): PreparedMember[] {
  return members.map((wish, rank) => {
    const units = toUnits(wish.resources.gpus);
    const gpuShare = units < UNITS_PER_ONE ? units : 0;
    const wholeGpus = units < UNITS_PER_ONE ? 0 : Math.ceil(units / UNITS_PER_ONE);
    const gpus = gpuShare > 0 ? gpuShare / UNITS_PER_ONE : wholeGpus;
    return {
      rank,
      wish,
      need: needOf(wish.resources, poolId),
      gpuShare,
      wholeGpus,
      vramPerGpuBytes: gpus === 0 ? 0 : Math.ceil((wish.vramBytes ?? 0) / gpus),
      labels: parseLabelSelector(wish.labelSelector),
      modelVerdicts: new Map<string, boolean>(),
    };
  });
}

/** Whether the node's GPU is of the model asked for. A node may name its accelerator by label, when nothing else does. */
export function isRightModel(member: PreparedMember, gpu: RoomGpu, room: NodeRoom): boolean {
  const type = member.wish.acceleratorType;
  if (type === null) return true;
  let verdict = member.modelVerdicts.get(gpu.model);
  if (verdict === undefined) {
    verdict = matchesAccelerator(type, gpu.model);
    member.modelVerdicts.set(gpu.model, verdict);
  }
  return verdict || readLabel(room.facts, "ray.io/accelerator-type")?.toLowerCase() === type.toLowerCase();
}

/** A GPU of unknown size is never too small. */
export function isLargeEnough(member: PreparedMember, gpu: RoomGpu): boolean {
  return gpu.memoryBytes === null || gpu.memoryBytes >= member.vramPerGpuBytes;
}

/** A process can use one MIG device only, so they do not add up. */
export function addsUp(member: PreparedMember, gpu: RoomGpu): boolean {
  return member.wholeGpus <= 1 || !gpu.uuid.startsWith("MIG-");
}

/** Large before small packs better; the id makes the order the same every time. */
export function compareWishes(a: PlacementWish, b: PlacementWish): number {
  return (
    sizeOf(b, "gpus") - sizeOf(a, "gpus") ||
    sizeOf(b, "cpus") - sizeOf(a, "cpus") ||
    sizeOf(b, "memoryBytes") - sizeOf(a, "memoryBytes") ||
    (a.replicaId < b.replicaId ? -1 : 1)
  );
}

function sizeOf({ members }: PlacementWish, what: "gpus" | "cpus" | "memoryBytes"): number {
  return members.reduce((sum, { resources }) => sum + resources[what], 0);
}

/** The hardest to place first. */
export function compareMembers(a: PreparedMember, b: PreparedMember): number {
  return (
    b.need.gpus - a.need.gpus ||
    b.vramPerGpuBytes - a.vramPerGpuBytes ||
    b.labels.length - a.labels.length ||
    b.need.cpus - a.need.cpus ||
    b.need.memoryBytes - a.need.memoryBytes ||
    a.rank - b.rank
  );
}
