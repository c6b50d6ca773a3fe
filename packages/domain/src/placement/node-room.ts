import { toUnits, UNITS_PER_ONE } from "./amount.ts";
import type { GpuDevice, PlacementNodeFacts } from "./placement.ts";
import type { Resources } from "./resources.ts";

export interface RoomGpu extends GpuDevice {
  /** Units given away; a whole GPU has `UNITS_PER_ONE`. */
  used: number;
}

/** Room of one node in whole units. Changes as members take and give room; only `RoomLedger` hands it out. */
export interface NodeRoom {
  facts: PlacementNodeFacts;
  /** False: members hold room on a node that nobody described (yet, or any more). It takes none. */
  isKnown: boolean;
  capacity: { cpus: number; memoryBytes: number; custom: ReadonlyMap<string, number> };
  readonly used: { cpus: number; gpus: number; memoryBytes: number; readonly custom: Map<string, number> };
  /** Units given away by GPU, those included that the node no longer has. */
  readonly gpuShares: Map<string, number>;
  gpus: readonly RoomGpu[];
  /** Members of each pool on the node. */
  readonly poolCounts: Map<string, number>;
}

/** What one member holds, in units. */
export interface RoomNeed {
  readonly poolId: string | null;
  readonly cpus: number;
  /** Bookkeeping sum. */
  readonly gpus: number;
  readonly memoryBytes: number;
  readonly custom: readonly (readonly [name: string, units: number])[];
}

export function needOf(resources: Resources, poolId: string | null): RoomNeed {
  return {
    poolId,
    cpus: toUnits(resources.cpus),
    gpus: toUnits(resources.gpus),
    memoryBytes: Math.ceil(resources.memoryBytes),
    custom: Object.entries(resources.custom).flatMap(([name, amount]) => {
      const units = toUnits(amount);
      return units === 0 ? [] : [[name, units] as const];
    }),
  };
}

/** Two processes never share a GPU that one was promised in full: from 1 on, each GPU of a member is wholly its own. */
export function gpuShareOf(gpuUnits: number): number {
  return Math.min(gpuUnits, UNITS_PER_ONE);
}

export function takeRoom(room: NodeRoom, need: RoomNeed, gpuUuids: readonly string[]): void {
  moveRoom(room, need, gpuUuids, 1);
}

/** Undoes `takeRoom` exactly. */
export function giveRoom(room: NodeRoom, need: RoomNeed, gpuUuids: readonly string[]): void {
  moveRoom(room, need, gpuUuids, -1);
}

function moveRoom(room: NodeRoom, need: RoomNeed, gpuUuids: readonly string[], sign: 1 | -1): void {
  const { used, gpuShares, poolCounts } = room;
  used.cpus += sign * need.cpus;
  used.gpus += sign * need.gpus;
  used.memoryBytes += sign * need.memoryBytes;
  for (const [name, units] of need.custom) add(used.custom, name, sign * units);
  if (need.poolId !== null) add(poolCounts, need.poolId, sign);
  if (gpuUuids.length === 0) return;
  for (const uuid of gpuUuids) add(gpuShares, uuid, sign * gpuShareOf(need.gpus));
  for (const gpu of room.gpus) gpu.used = gpuShares.get(gpu.uuid) ?? 0;
}

function add(counts: Map<string, number>, key: string, amount: number): void {
  const sum = (counts.get(key) ?? 0) + amount;
  if (sum === 0) counts.delete(key);
  else counts.set(key, sum);
}

export function freeCpus(room: NodeRoom): number {
  return room.capacity.cpus - room.used.cpus;
}

export function freeMemory(room: NodeRoom): number {
  return room.capacity.memoryBytes - room.used.memoryBytes;
}

export function freeCustom(room: NodeRoom, name: string): number {
  return (room.capacity.custom.get(name) ?? 0) - (room.used.custom.get(name) ?? 0);
}
