import { fitGpus } from "./fit-gpus.ts";
import type { GpuFit } from "./fit-gpus.ts";
import { matchesLabel } from "./match-labels.ts";
import { freeCpus, freeCustom, freeMemory } from "./node-room.ts";
import type { NodeRoom } from "./node-room.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/** A node where a member fits, with what speaks for and against it. */
interface Candidate {
  readonly room: NodeRoom;
  rank: number;
  readonly gpus: GpuFit;
  readonly samePool: number;
  readonly wastesGpuNode: number;
}

/** Whether a member fits on a node now. This is asked for each member and node, so nothing is explained here. */
export function fitsOn(member: PreparedMember, room: NodeRoom, maxPerNode: number | null): GpuFit | null {
  const { need } = member;
  if (room.facts.state !== "ready" || room.facts.closedBecause !== undefined) return null;
  // Nothing wanted is always there, even where a node shrank below what it holds.
  if (need.cpus > 0 && need.cpus > freeCpus(room)) return null;
  if (need.memoryBytes > 0 && need.memoryBytes > freeMemory(room)) return null;
  if (maxPerNode !== null && (room.poolCounts.get(need.poolId ?? "") ?? 0) >= maxPerNode) return null;
  for (const [name, units] of need.custom) if (units > freeCustom(room, name)) return null;
  for (const rule of member.labels) if (!matchesLabel(room.facts, rule)) return null;
  const gpus = fitGpus(member, room);
  return gpus.fits ? gpus : null;
}

/** What a strategy thinks of a node. */
export interface NodeRank {
  /** Lower is better, Infinity = not this one. May be dear: it is asked only when `atBest` could win. */
  readonly of: (room: NodeRoom) => number;
  /** Cheap: `of` is never lower than this. */
  readonly atBest: (room: NodeRoom) => number;
}

const ANY_NODE: NodeRank = { of: () => 0, atBest: () => 0 };

/**
 * The best node for a member among those where it fits, null if there is none. In this order: the lowest rank the
 * strategy gives it; one where no wholly free GPU has to be broken for a share; the one with the fewest members of the
 * same pool (spread); for a member without GPU one without GPUs; the one with the fewest wholly free GPUs left over, then
 * the least CPU (best fit); the lowest node id.
 */
export function pickNode(
  member: PreparedMember,
  rooms: readonly NodeRoom[],
  maxPerNode: number | null,
  rank: NodeRank = ANY_NODE,
): NodeRoom | null {
  let best: Candidate | null = null;
  for (const room of rooms) {
    const gpus = fitsOn(member, room, maxPerNode);
    if (gpus === null) continue;
    const candidate = candidateOf(member, room, gpus, rank.atBest(room));
    if (best !== null && compareCandidates(candidate, best) > 0) continue;
    candidate.rank = rank.of(room);
    if (candidate.rank === Number.POSITIVE_INFINITY) continue;
    if (best === null || compareCandidates(candidate, best) < 0) best = candidate;
  }
  return best?.room ?? null;
}

/** All nodes where a member fits, the best first. */
export function rankNodes(
  member: PreparedMember,
  rooms: readonly NodeRoom[],
  maxPerNode: number | null,
  rankOf: (room: NodeRoom) => number,
): NodeRoom[] {
  return rooms
    .flatMap((room) => {
      const gpus = fitsOn(member, room, maxPerNode);
      return gpus === null ? [] : [candidateOf(member, room, gpus, rankOf(room))];
    })
    .sort(compareCandidates)
    .map(({ room }) => room);
}

function candidateOf(member: PreparedMember, room: NodeRoom, gpus: GpuFit, rank: number): Candidate {
  return {
    room,
    rank,
    gpus,
    samePool: room.poolCounts.get(member.need.poolId ?? "") ?? 0,
    wastesGpuNode: member.need.gpus === 0 && room.gpus.length > 0 ? 1 : 0,
  };
}

function compareCandidates(a: Candidate, b: Candidate): number {
  return (
    a.rank - b.rank ||
    Number(a.gpus.breaksWhole) - Number(b.gpus.breaksWhole) ||
    a.samePool - b.samePool ||
    a.wastesGpuNode - b.wastesGpuNode ||
    a.gpus.wholeLeft - b.gpus.wholeLeft ||
    freeCpus(a.room) - freeCpus(b.room) ||
    (a.room.facts.nodeId < b.room.facts.nodeId ? -1 : 1)
  );
}
