import { boundOf } from "./bound-gang.ts";
import { GangTrial } from "./gang-trial.ts";
import { matchGang } from "./match-gang.ts";
import type { NodeRoom } from "./node-room.ts";
import { fitsOn, pickNode } from "./pick-node.ts";
import type { PlacementStrategy } from "./placement.ts";
import { compareMembers } from "./prepare-wish.ts";
import type { PreparedMember } from "./prepare-wish.ts";
import { searchGang } from "./search-gang.ts";

export interface GangWish {
  readonly members: readonly PreparedMember[];
  readonly strategy: PlacementStrategy;
  readonly maxPerNode: number | null;
}

/** Finds room for all members, or none of them (null). The members of the trial hold their room when it returns. */
export function placeGang(wish: GangWish, rooms: readonly NodeRoom[]): GangTrial | null {
  const hardestFirst = [...wish.members].sort(compareMembers);
  const [first] = hardestFirst;
  if (first === undefined) return null;
  if (hardestFirst.length === 1) {
    const room = pickNode(first, rooms, wish.maxPerNode);
    if (room === null) return null;
    const trial = new GangTrial();
    trial.put(first, room);
    return trial;
  }
  switch (wish.strategy) {
    case "STRICT_PACK":
      return packOnOne(hardestFirst, wish, rooms);
    case "STRICT_SPREAD":
      return spread(hardestFirst, wish, rooms) ?? matchGang(hardestFirst, wish, rooms);
    case "PACK":
      return packOnOne(hardestFirst, wish, rooms) ?? packOnFew(hardestFirst, wish, rooms) ?? searchGang(wish, rooms);
    case "SPREAD":
      return spread(hardestFirst, wish, rooms) ?? searchGang(wish, rooms);
    default:
      return wish.strategy satisfies never;
  }
}

/** All on one node: the best for the first among those that take all. */
function packOnOne(members: readonly PreparedMember[], wish: GangWish, rooms: readonly NodeRoom[]): GangTrial | null {
  const trial = new GangTrial();
  const [first] = members;
  if (first === undefined) return null;
  const bound = boundOf(members);
  const room = pickNode(first, rooms, wish.maxPerNode, {
    atBest: (each) => (bound(each) < members.length ? Number.POSITIVE_INFINITY : 0),
    of: (each) => {
      if (bound(each) < members.length) return Number.POSITIVE_INFINITY;
      const taken = fill(trial, members, wish, each);
      trial.backTo(0);
      return taken.length === members.length ? 0 : Number.POSITIVE_INFINITY;
    },
  });
  if (room === null) return null;
  fill(trial, members, wish, room);
  return trial;
}

/** Node by node, each time the one that takes the most of what is left. */
function packOnFew(members: readonly PreparedMember[], wish: GangWish, rooms: readonly NodeRoom[]): GangTrial | null {
  const trial = new GangTrial();
  let left = members;
  for (;;) {
    const [first] = left;
    if (first === undefined) return trial;
    const size = trial.size;
    const remaining = left;
    const bound = boundOf(remaining);
    const room = pickNode(first, rooms, wish.maxPerNode, {
      atBest: (each) => -bound(each),
      of: (each) => {
        const taken = fill(trial, remaining, wish, each);
        trial.backTo(size);
        return -taken.length;
      },
    });
    if (room === null) {
      trial.backTo(0);
      return null;
    }
    const taken = new Set(fill(trial, left, wish, room));
    left = left.filter((member) => !taken.has(member));
  }
}

/** Puts as many members on a node as fit, and answers which. */
export function fill(
  trial: GangTrial,
  members: readonly PreparedMember[],
  { maxPerNode }: GangWish,
  room: NodeRoom,
): PreparedMember[] {
  const taken: PreparedMember[] = [];
  for (const member of members) {
    if (fitsOn(member, room, maxPerNode) === null) continue;
    trial.put(member, room);
    taken.push(member);
  }
  return taken;
}

/** Each on the node that has the fewest of the others; with STRICT_SPREAD only where there is none. */
function spread(members: readonly PreparedMember[], wish: GangWish, rooms: readonly NodeRoom[]): GangTrial | null {
  const trial = new GangTrial();
  const rankOf = (room: NodeRoom): number => {
    const others = trial.countOn(room);
    return others > 0 && wish.strategy === "STRICT_SPREAD" ? Number.POSITIVE_INFINITY : others;
  };
  for (const member of members) {
    const room = pickNode(member, rooms, wish.maxPerNode, { of: rankOf, atBest: rankOf });
    if (room === null) {
      trial.backTo(0);
      return null;
    }
    trial.put(member, room);
  }
  return trial;
}
