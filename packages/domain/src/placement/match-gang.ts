import { GangTrial } from "./gang-trial.ts";
import type { NodeRoom } from "./node-room.ts";
import { rankNodes } from "./pick-node.ts";
import type { GangWish } from "./place-gang.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/**
 * STRICT_SPREAD: each member on a node of its own. As a node takes one member at most, members do not stand in each
 * other's way on it, and this is a bipartite matching: augmenting paths find one whenever there is one.
 */
export function matchGang(
  hardestFirst: readonly PreparedMember[],
  { maxPerNode }: GangWish,
  rooms: readonly NodeRoom[],
): GangTrial | null {
  const holder = new Map<NodeRoom, PreparedMember>();
  const choices = new Map<PreparedMember, readonly NodeRoom[]>();
  for (const member of hardestFirst)
    choices.set(
      member,
      rankNodes(member, rooms, maxPerNode, () => 0),
    );

  const findRoom = (member: PreparedMember, tried: Set<NodeRoom>): boolean => {
    const choice = choices.get(member) ?? [];
    const free = choice.find((room) => !holder.has(room));
    if (free !== undefined) {
      holder.set(free, member);
      return true;
    }
    for (const room of choice) {
      const other = holder.get(room);
      if (other === undefined || tried.has(room)) continue;
      tried.add(room);
      if (findRoom(other, tried)) {
        holder.set(room, member);
        return true;
      }
    }
    return false;
  };

  for (const member of hardestFirst) if (!findRoom(member, new Set())) return null;
  const trial = new GangTrial();
  for (const [room, member] of holder) trial.put(member, room);
  return trial;
}
