import { explainRefusal } from "./explain-refusal.ts";
import type { Explanation } from "./explain-refusal.ts";
import type { GangTrial } from "./gang-trial.ts";
import type { NodeRoom } from "./node-room.ts";
import { placeGang } from "./place-gang.ts";
import type { GangWish } from "./place-gang.ts";
import type {
  PlacedReplica,
  PlacementGrant,
  PlacementNode,
  PlacementRefusal,
  PlacementResult,
  PlacementWish,
  RoomHold,
} from "./placement.ts";
import { compareWishes, prepareMembers } from "./prepare-wish.ts";
import { RoomLedger } from "./room-ledger.ts";

export interface PlacementInput {
  readonly nodes: readonly PlacementNode[];
  readonly wanted: readonly PlacementWish[];
  /** Replicas that hold room already, of the pools in `wanted` at least. */
  readonly running: readonly PlacedReplica[];
}

export interface RoomInput {
  /** Is as it was when the plan is made; who carries the plan out takes the room. */
  readonly ledger: RoomLedger;
  readonly wanted: readonly PlacementWish[];
  /** Room by node id that goes back later, for the words of refusals. */
  readonly heldBy?: ReadonlyMap<string, readonly RoomHold[]>;
}

/** As `placeInRoom`, for nodes that were measured. */
export function placeReplicas({ nodes, wanted, running }: PlacementInput): PlacementResult {
  return placeInRoom({ ledger: RoomLedger.of(nodes, running), wanted });
}

/**
 * Finds nodes and GPUs for each replica, the largest first, all its members or none (see `pickNode` for which node).
 * No node is ever filled above its capacity. A replica that fits nowhere is refused, with the reason for each node, and
 * does not keep a smaller one from being placed. Equal input gives an equal plan.
 */
export function placeInRoom({ ledger, wanted, heldBy }: RoomInput): PlacementResult {
  const rooms = ledger.rooms();
  const placed: PlacementGrant[] = [];
  const refused: PlacementRefusal[] = [];
  const trials: GangTrial[] = [];
  const refusals = new Map<string, RememberedRefusal>();
  const ordered = [...wanted].sort(compareWishes);
  ordered.forEach((wish, index) => {
    const shape = shapeOf(wish);
    const known = refusals.get(shape);
    // Room only shrinks while a plan is made: what was refused once stays refused, and the words while nothing was placed.
    const forms = [wish.members, ...(wish.fallbacks ?? [])].map((members) => gangOf(wish, members));
    const found = known === undefined ? placeFirst(forms, rooms) : null;
    if (found !== null) {
      trials.push(found.trial);
      const fallback = found.form === 0 ? null : found.form - 1;
      placed.push({ replicaId: wish.replicaId, members: found.trial.grants(), fallback });
      return;
    }
    if (known?.placedBefore === placed.length) {
      refused.push({ replicaId: wish.replicaId, ...known.explanation });
      return;
    }
    const waiting = ordered.slice(index).filter((other) => other.poolId === wish.poolId).length;
    const context = { maxPerNode: wish.maxReplicasPerNode, waiting, heldBy: [] };
    const explanation = explainForms(forms, rooms, (room) => {
      const holds = heldBy?.get(room.facts.nodeId);
      return holds === undefined ? context : { ...context, heldBy: holds };
    });
    refusals.set(shape, { explanation, placedBefore: placed.length });
    refused.push({ replicaId: wish.replicaId, ...explanation });
  });
  for (const trial of trials.reverse()) trial.backTo(0);
  return { placed, refused };
}

/** Whether there is room for one replica, without words. The ledger is as it was. */
export function fitsInRoom(ledger: RoomLedger, wish: PlacementWish): boolean {
  const forms = [wish.members, ...(wish.fallbacks ?? [])].map((members) => gangOf(wish, members));
  const found = placeFirst(forms, ledger.rooms());
  found?.trial.backTo(0);
  return found !== null;
}

interface RememberedRefusal {
  readonly explanation: Explanation;
  readonly placedBefore: number;
}

function gangOf(wish: PlacementWish, members: PlacementWish["members"]): GangWish {
  return {
    members: prepareMembers(members, wish.poolId),
    strategy: wish.strategy,
    maxPerNode: wish.maxReplicasPerNode,
  };
}

function placeFirst(
  forms: readonly GangWish[],
  rooms: readonly NodeRoom[],
): { readonly trial: GangTrial; readonly form: number } | null {
  for (const [form, gang] of forms.entries()) {
    const trial = placeGang(gang, rooms);
    if (trial !== null) return { trial, form };
  }
  return null;
}

/** The nodes speak of the wish itself; each fallback adds why it did not help. */
function explainForms(
  [first, ...fallbacks]: readonly GangWish[],
  rooms: readonly NodeRoom[],
  contextOf: Parameters<typeof explainRefusal>[2],
): Explanation {
  if (first === undefined) throw new Error("A wish has at least one form");
  const explanation = explainRefusal(first, rooms, contextOf);
  if (rooms.length === 0) return explanation;
  const more = fallbacks.map((fallback, index) => {
    return ` Fallback ${index + 1}: ${explainRefusal(fallback, rooms, contextOf).reason}`;
  });
  return { ...explanation, reason: `${explanation.reason}${more.join("")}` };
}

/** Equal for replicas that ask for the same. */
function shapeOf({ poolId, members, strategy, fallbacks, maxReplicasPerNode }: PlacementWish): string {
  return JSON.stringify([poolId, members, strategy, fallbacks ?? [], maxReplicasPerNode]);
}
