import { UNITS_PER_ONE } from "./amount.ts";
import { freeCpus, freeMemory } from "./node-room.ts";
import type { NodeRoom } from "./node-room.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/**
 * A cheap upper bound on how many of the members a node takes together: as many as the smallest demands for CPU, for memory
 * and for GPUs, each on its own, add up to. Exact when all members ask for the same, which is the usual gang.
 */
export function boundOf(members: readonly PreparedMember[]): (room: NodeRoom) => number {
  const cpus = sums(members.map(({ need }) => need.cpus));
  const memory = sums(members.map(({ need }) => need.memoryBytes));
  const gpus = sums(members.map(({ gpuShare, wholeGpus }) => gpuShare + wholeGpus * UNITS_PER_ONE));
  return (room) => {
    let freeGpus = 0;
    for (const gpu of room.gpus) freeGpus += UNITS_PER_ONE - gpu.used;
    return Math.min(count(cpus, freeCpus(room)), count(memory, freeMemory(room)), count(gpus, freeGpus));
  };
}

/** Running sums, the smallest first. */
function sums(amounts: number[]): number[] {
  let total = 0;
  return amounts.sort((a, b) => a - b).map((amount) => (total += amount));
}

function count(runningSums: readonly number[], free: number): number {
  let taken = 0;
  for (const sum of runningSums) {
    // Nothing wanted is always there, even where a node shrank below what it holds.
    if (sum > 0 && sum > free) break;
    taken += 1;
  }
  return taken;
}
