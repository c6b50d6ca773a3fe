import { GangTrial } from "./gang-trial.ts";
import { explainNode } from "./explain-node.ts";
import type { ExplainContext, Explained } from "./explain-node.ts";
import type { NodeRoom } from "./node-room.ts";
import { freeCpus } from "./node-room.ts";
import { fill } from "./place-gang.ts";
import type { GangWish } from "./place-gang.ts";
import { fitsOn, pickNode } from "./pick-node.ts";
import type { NodeRefusal, Suggestion } from "./placement.ts";
import { compareMembers } from "./prepare-wish.ts";
import type { PreparedMember } from "./prepare-wish.ts";
import { rememberReasons } from "./remember-reasons.ts";

export interface Explanation {
  readonly reason: string;
  readonly suggestion: Suggestion | null;
  readonly perNode: readonly NodeRefusal[];
}

/** Words for one node from the context that holds on it. */
export type ContextOf = (room: NodeRoom) => ExplainContext;

/** Why a wish that fits nowhere does not: for each node, and in sum. The rooms are as they were when it returns. */
export function explainRefusal(wish: GangWish, rooms: readonly NodeRoom[], contextOf: ContextOf): Explanation {
  if (rooms.length === 0) {
    const reason = "No node is connected. Start an agent: `npm start` runs one on this machine.";
    return { reason, suggestion: null, perNode: [] };
  }
  const perNode = explainAll(wish, rooms, contextOf);
  const closest = pickClosest(perNode, rooms);
  const others = perNode.length - 1;
  const rest =
    others === 0 ? "" : others === 1 ? " (and one other node refuses)" : ` (and ${others} other nodes refuse)`;
  const { reason, nodeName, advice, suggestion } = closest.refusal;
  // "needs 1 CPU, 0.25 of 2 free on node-a. Set num_cpus to 0.25 or less."
  const text = reason.startsWith("needs")
    ? `${reason} on ${nodeName}`
    : reason.startsWith("placement_group_bundles")
      ? `${nodeName}: ${reason}`
      : `${nodeName} ${reason}`;
  return {
    reason: `${text}${rest}.${advice === null ? "" : ` ${advice}`}`,
    suggestion,
    perNode: perNode.map(({ refusal }) => refusal),
  };
}

function explainAll(wish: GangWish, rooms: readonly NodeRoom[], contextOf: ContextOf): Explained[] {
  const hardestFirst = [...wish.members].sort(compareMembers);
  const [only] = hardestFirst;
  if (only !== undefined && hardestFirst.length === 1) {
    const explain = rememberReasons(only);
    return rooms.map((room) => explain(room, contextOf(room)));
  }
  return wish.strategy === "STRICT_PACK"
    ? rooms.map((room) => explainPacked(hardestFirst, wish, room, contextOf(room)))
    : explainScattered(hardestFirst, wish, rooms, contextOf);
}

/** One node had to take all: how many it takes, and why not the next. */
function explainPacked(
  members: readonly PreparedMember[],
  wish: GangWish,
  room: NodeRoom,
  context: ExplainContext,
): Explained {
  const trial = new GangTrial();
  const taken = fill(trial, members, wish, room);
  const failing = members.find((member) => !taken.includes(member));
  const explained = failing === undefined ? null : explainNode(failing, room, context);
  trial.backTo(0);
  if (failing === undefined || explained === null) throw new Error("A gang that fits needs no explanation");
  const beside = taken.length === 0 ? "" : ` beside ${taken.length} of ${members.length} bundles`;
  return named(explained, failing, `${beside}, and STRICT_PACK wants all ${members.length} on one node`);
}

/** Places as many members as there is room for; each node then says why it does not take the first that is left. */
function explainScattered(
  members: readonly PreparedMember[],
  wish: GangWish,
  rooms: readonly NodeRoom[],
  contextOf: ContextOf,
): Explained[] {
  const trial = new GangTrial();
  const isStrict = wish.strategy === "STRICT_SPREAD";
  const isTaken = (room: NodeRoom): boolean => isStrict && trial.countOn(room) > 0;
  const rankOf = (room: NodeRoom): number => (isTaken(room) ? Number.POSITIVE_INFINITY : 0);
  const rank = { of: rankOf, atBest: rankOf };
  const failing =
    members.find((member) => {
      const room = pickNode(member, rooms, wish.maxPerNode, rank);
      if (room !== null) trial.put(member, room);
      return room === null;
    }) ?? members[members.length - 1];
  if (failing === undefined) return [];
  const explained = rooms.map((room): Explained => {
    const others = trial.membersOn(room).map(nameOf);
    const { facts } = room;
    if (isStrict && others.length > 0 && fitsOn(failing, room, wish.maxPerNode) !== null) {
      const reason = `takes ${others.join(" and ")} already, and STRICT_SPREAD wants ${nameOf(failing)} on another node`;
      const advice = "Add a node, or set placement_group_strategy to SPREAD.";
      const { nodeId, nodeName } = facts;
      return { refusal: { nodeId, nodeName, reason, advice, suggestion: null }, closeness: 4 };
    }
    const beside = others.length === 0 ? "" : ` beside ${others.join(" and ")}`;
    return named(explainNode(failing, room, contextOf(room)), failing, beside);
  });
  trial.backTo(0);
  return explained;
}

/** Ray's path of the bundle, as it stands in the file. */
function nameOf(member: PreparedMember): string {
  return `placement_group_bundles[${member.rank}]`;
}

/** The bundle that failed in front of a reason that speaks of "it"; the value to change is the bundle's, so no button. */
function named({ refusal, closeness }: Explained, member: PreparedMember, suffix: string): Explained {
  const { reason, suggestion } = refusal;
  const isNeed = reason.startsWith("needs");
  const advice = suggestion === null ? refusal.advice : `Lower what ${nameOf(member)} asks for, or add a node.`;
  const text = isNeed ? `${nameOf(member)} ${reason}${suffix}` : `${reason} (${nameOf(member)})`;
  return { refusal: { ...refusal, reason: text, advice, suggestion: null }, closeness };
}

/** The node nearest to taking the replica; then one where a smaller value helps, then the one with most CPU free. */
function pickClosest(perNode: readonly Explained[], rooms: readonly NodeRoom[]): Explained {
  let best = 0;
  for (let index = 1; index < perNode.length; index += 1) {
    const [a, b] = [perNode[index], perNode[best]];
    const [roomA, roomB] = [rooms[index], rooms[best]];
    if (a === undefined || b === undefined || roomA === undefined || roomB === undefined) continue;
    const isNearer =
      a.closeness - b.closeness ||
      Number(a.refusal.suggestion !== null) - Number(b.refusal.suggestion !== null) ||
      freeCpus(roomA) - freeCpus(roomB);
    if (isNearer > 0) best = index;
  }
  const closest = perNode[best];
  if (closest === undefined) throw new Error("There is no node to speak of");
  return closest;
}
