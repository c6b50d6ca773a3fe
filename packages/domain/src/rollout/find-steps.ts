import { fitsInRoom } from "../placement/place-replicas.ts";
import type { PlacementWish } from "../placement/placement.ts";
import type { RoomLedger } from "../placement/room-ledger.ts";
import type { RoomHolder } from "../placement/measure-node-use.ts";
import type { LivePool } from "../reconcile/plan-pool.ts";
import { isReady } from "../reconcile/replica-groups.ts";
import type { ReplicaGroups } from "../reconcile/replica-groups.ts";
import { findRevision, otherServing } from "../reconcile/serving.ts";
import type { ReconcileSnapshot, RevisionDeployment } from "../reconcile/snapshot.ts";
import { stepBudget } from "./plan-steps.ts";
import type { Budgets } from "./plan-steps.ts";

/**
 * Deployments of the target for which there is no room beside the old revision, but would be in the place of its replicas:
 * these go in steps. What would not fit even then waits for room; taking replicas away for it would help nobody.
 */
export function findNewSteps(input: {
  readonly snapshot: ReconcileSnapshot;
  readonly rooms: RoomLedger;
  readonly pools: readonly LivePool[];
  readonly groups: ReadonlyMap<string, ReplicaGroups>;
  readonly refused: readonly PlacementWish[];
  readonly stepping: Budgets;
}): Budgets {
  const { snapshot, pools, groups, refused, stepping } = input;
  const { split, targetRevision, rolloutPausedAtMs, deleting } = snapshot.application;
  const from = findRevision(snapshot, otherServing(snapshot)?.revision ?? 0);
  const to = findRevision(snapshot, targetRevision);
  if (split !== null || rolloutPausedAtMs !== null || deleting || from === undefined || to === undefined)
    return new Map();
  const found = new Map<string, { way: "step"; count: number }>();
  for (const next of to.deployments) {
    const before = from.deployments.find(({ name }) => name === next.name);
    const pool = pools.find(({ poolId }) => poolId === next.poolId);
    const wish = refused.find(({ poolId }) => poolId === next.poolId);
    if (before === undefined || before.poolId === next.poolId || pool === undefined || wish === undefined) continue;
    // What found room comes up first: it may be enough to give old ones up without missing any.
    const isStarting = pool.groups.active.some((replica) => replica.stage !== "pending" && !isReady(replica));
    if (stepping.has(next.name) || isStarting) continue;
    const old = holdersOf(before, groups.get(before.poolId));
    if (!fitsInstead(wish, old, input.rooms)) continue;
    found.set(next.name, { way: "step", count: stepBudget(pool.wanted, next.rollingUpdatePercentage) });
  }
  return found;
}

function holdersOf(deployment: RevisionDeployment, groups: ReplicaGroups | undefined): RoomHolder[] {
  return (groups?.active ?? []).flatMap(({ members, poolId }) =>
    members.flatMap(({ nodeId, gpuUuids }, rank): RoomHolder[] => {
      const resources = deployment.members[rank]?.resources;
      return resources === undefined ? [] : [{ nodeId, poolId, resources, gpuUuids }];
    }),
  );
}

/** Tries the wish with the old replicas gone, and puts everything back. */
function fitsInstead(wish: PlacementWish, old: readonly RoomHolder[], rooms: RoomLedger): boolean {
  for (const holder of old) rooms.give(holder);
  const fits = fitsInRoom(rooms, wish);
  for (const holder of old) rooms.take(holder);
  return fits;
}
