import { UNITS_PER_ONE } from "./amount.ts";
import type { NodeRoom, RoomGpu } from "./node-room.ts";
import { addsUp, isLargeEnough, isRightModel } from "./prepare-wish.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/** What placing a member would do to the GPUs of a node, without choosing them yet. */
export interface GpuFit {
  readonly fits: boolean;
  /** A wholly free GPU would have to be given away in part. */
  readonly breaksWhole: boolean;
  /** Wholly free GPUs left over; few is a better fit. */
  readonly wholeLeft: number;
}

const NO_GPU_WANTED: GpuFit = { fits: true, breaksWhole: false, wholeLeft: 0 };
const NO_ROOM: GpuFit = { fits: false, breaksWhole: false, wholeLeft: 0 };

/** Whether the GPUs of a node have room for a member. */
export function fitGpus(member: PreparedMember, room: NodeRoom): GpuFit {
  const { gpuShare, wholeGpus, wish } = member;
  if (gpuShare === 0 && wholeGpus === 0) {
    if (wish.acceleratorType === null) return NO_GPU_WANTED;
    return room.gpus.some((gpu) => isRightModel(member, gpu, room)) ? NO_GPU_WANTED : NO_ROOM;
  }
  let whole = 0;
  let canShare = false;
  for (const gpu of room.gpus) {
    if (!suits(member, gpu, room)) continue;
    if (gpu.used === 0) whole += 1;
    else if (gpuShare > 0 && gpu.used + gpuShare <= UNITS_PER_ONE) canShare = true;
  }
  if (gpuShare > 0) {
    if (canShare) return { fits: true, breaksWhole: false, wholeLeft: whole };
    return whole === 0 ? NO_ROOM : { fits: true, breaksWhole: true, wholeLeft: whole - 1 };
  }
  return whole < wholeGpus ? NO_ROOM : { fits: true, breaksWhole: false, wholeLeft: whole - wholeGpus };
}

/**
 * The GPUs a member gets on a node where it fits: for a share the fullest that still has room, for whole ones those with
 * the least memory that does, so that large ones stay for those who need them; then by UUID.
 */
export function chooseGpus(member: PreparedMember, room: NodeRoom): readonly string[] {
  const { gpuShare, wholeGpus } = member;
  if (gpuShare === 0 && wholeGpus === 0) return [];
  const open = room.gpus.filter(
    (gpu) => suits(member, gpu, room) && (gpuShare > 0 ? gpu.used + gpuShare <= UNITS_PER_ONE : gpu.used === 0),
  );
  open.sort((a, b) => b.used - a.used || sizeOf(a) - sizeOf(b) || (a.uuid < b.uuid ? -1 : 1));
  return open.slice(0, gpuShare > 0 ? 1 : wholeGpus).map((gpu) => gpu.uuid);
}

function suits(member: PreparedMember, gpu: RoomGpu, room: NodeRoom): boolean {
  return isLargeEnough(member, gpu) && addsUp(member, gpu) && isRightModel(member, gpu, room);
}

function sizeOf(gpu: RoomGpu): number {
  return gpu.memoryBytes ?? Number.MAX_SAFE_INTEGER;
}
