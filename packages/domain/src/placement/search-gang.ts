import { GangTrial } from "./gang-trial.ts";
import type { NodeRoom } from "./node-room.ts";
import { rankNodes } from "./pick-node.ts";
import type { GangWish } from "./place-gang.ts";
import type { PreparedMember } from "./prepare-wish.ts";

/** Nodes looked at before a search gives up, a few milliseconds: enough to go through all ways of 5 members on 6 nodes. */
const MAX_LOOKS = 40_000;

/**
 * PACK and SPREAD when the quick ways found nothing: depth first over all ways, the member with the fewest nodes first.
 * Exact for small gangs; for large ones it ends after `MAX_LOOKS`, and the gang waits for more room.
 */
export function searchGang(wish: GangWish, rooms: readonly NodeRoom[]): GangTrial | null {
  const { maxPerNode, strategy } = wish;
  const trial = new GangTrial();
  const rankOf = (room: NodeRoom): number => (strategy === "PACK" ? -trial.countOn(room) : trial.countOn(room));
  const choices = wish.members.map((member) => ({ member, rooms: rankNodes(member, rooms, maxPerNode, rankOf) }));
  if (choices.some((choice) => choice.rooms.length === 0)) return null;
  choices.sort((a, b) => a.rooms.length - b.rooms.length || a.member.rank - b.member.rank);
  const order = choices.map(({ member }) => member);
  const candidates = [...new Set(choices.flatMap((choice) => choice.rooms))];
  let looks = 0;

  const descend = (index: number): boolean => {
    const member: PreparedMember | undefined = order[index];
    if (member === undefined) return true;
    looks += candidates.length;
    for (const room of rankNodes(member, candidates, maxPerNode, rankOf)) {
      if (looks > MAX_LOOKS) return false;
      trial.put(member, room);
      if (descend(index + 1)) return true;
      trial.backTo(index);
    }
    return false;
  };

  if (descend(0)) return trial;
  trial.backTo(0);
  return null;
}
