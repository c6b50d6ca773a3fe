import { placeInRoom } from "../placement/place-replicas.ts";
import type { PlacementGrant, PlacementWish, RoomHold } from "../placement/placement.ts";
import type { RoomHolder } from "../placement/measure-node-use.ts";
import type { RoomLedger } from "../placement/room-ledger.ts";
import type { Action, PlannedEvent } from "./action.ts";
import type { LivePool, PoolPlan } from "./plan-pool.ts";

export interface PlacementPlan {
  readonly actions: readonly Action[];
  readonly events: readonly PlannedEvent[];
  /** Why replicas of a pool wait, one sentence per pool. */
  readonly refusals: ReadonlyMap<string, string>;
  /** What found no room. */
  readonly refused: readonly PlacementWish[];
  /** Room that this plan hands out. */
  readonly granted: readonly RoomHolder[];
}

/** Finds nodes for all pending replicas, those created by this plan included. */
export function planPlacement(
  rooms: RoomLedger,
  pools: readonly { readonly pool: LivePool; readonly plan: PoolPlan }[],
  /** Room that goes back later, by node; asked for only when something wants room. */
  findHeld: () => ReadonlyMap<string, readonly RoomHold[]>,
): PlacementPlan {
  const messages = new Map<string, string>();
  const homes = new Map<string, LivePool>();
  const wanted: PlacementWish[] = [];
  for (const { pool, plan } of pools) {
    const waiting = pool.groups.active.filter((r) => r.stage === "pending" && !plan.dropped.has(r.replicaId));
    for (const replica of waiting) messages.set(replica.replicaId, replica.message);
    for (const replicaId of [...waiting.map((r) => r.replicaId), ...plan.created]) {
      homes.set(replicaId, pool);
      wanted.push(wishOf(replicaId, pool));
    }
  }
  if (wanted.length === 0) return { actions: [], events: [], refusals: new Map(), refused: [], granted: [] };
  const { placed, refused } = placeInRoom({ ledger: rooms, wanted, heldBy: findHeld() });
  const assigned = placed.map((grant): Action => ({
    kind: "assignReplica",
    replicaId: grant.replicaId,
    members: grant.members,
    fallback: grant.fallback,
    reason: grantText(grant, rooms),
  }));
  const news = refused.filter(({ replicaId, reason }) => messages.get(replicaId) !== reason);
  const first = news.filter(({ replicaId }) => (messages.get(replicaId) ?? "") === "");
  const isRefused = new Set(refused.map(({ replicaId }) => replicaId));
  return {
    actions: [
      ...assigned,
      ...news.map(({ replicaId, reason, perNode }): Action => ({ kind: "refuseReplica", replicaId, reason, perNode })),
    ],
    events: first.map(({ replicaId, reason, perNode }) => ({
      reason: "ReplicaUnplaceable",
      severity: "warning",
      message: `replica ${replicaId} waits for room: ${reason}`,
      deployment: homes.get(replicaId)?.deployment.name ?? null,
      replicaId,
      numbers: { nodes: perNode.length },
    })),
    refusals: new Map(refused.map(({ replicaId, reason }) => [homes.get(replicaId)?.poolId ?? "", reason])),
    refused: wanted.filter(({ replicaId }) => isRefused.has(replicaId)),
    granted: placed.flatMap(({ replicaId, members }) => {
      const pool = homes.get(replicaId);
      return members.flatMap(({ rank, nodeId, gpuUuids }): RoomHolder[] => {
        const resources = pool?.deployment.members[rank]?.resources;
        return pool === undefined || resources === undefined
          ? []
          : [{ nodeId, poolId: pool.poolId, resources, gpuUuids }];
      });
    }),
  };
}

function wishOf(replicaId: string, { poolId, deployment }: LivePool): PlacementWish {
  const { members, strategy, fallbacks, maxReplicasPerNode } = deployment;
  return { replicaId, poolId, members, strategy, fallbacks, maxReplicasPerNode };
}

function grantText({ members, fallback }: PlacementGrant, rooms: RoomLedger): string {
  const names = [...new Set(members.map(({ nodeId }) => rooms.room(nodeId)?.facts.nodeName ?? nodeId))];
  const form = fallback === null ? "" : `, as fallback ${fallback + 1} of its placement`;
  return `fits on ${names.join(", ")}${form}`;
}
