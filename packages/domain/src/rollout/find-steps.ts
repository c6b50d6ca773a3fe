import { fitsInRoom } from "../placement/place-replicas.ts";
import type { PlacementWish } from "../placement/placement.ts";
import type { RoomLedger } from "../placement/room-ledger.ts";
import type { RoomHolder } from "../placement/measure-node-use.ts";
import type { LivePool } from "../reconcile/plan-pool.ts";
import { isReady } from "../reconcile/replica-groups.ts";
import type { ReplicaGroups } from "../reconcile/replica-groups.ts";
import { findRevision, servingBeside } from "../reconcile/serving.ts";
import type { ReconcileSnapshot, ReplicaFacts, RevisionDeployment } from "../reconcile/snapshot.ts";
import { stepBudget } from "./plan-steps.ts";
import type { Budgets } from "./plan-steps.ts";

/**
 * Deployments of the revision that everything is to go to (the target; after a failure the one before) for which there is no
 * room beside what serves, but would be in the place of its replicas: these go in steps. What would not fit even then waits for room; taking replicas away for it would help nobody.
 */
export function findNewSteps(input: {
  readonly snapshot: ReconcileSnapshot;
  /** The revision to go to. */
  readonly toRevision: number | undefined;
  readonly rooms: RoomLedger;
  readonly pools: readonly LivePool[];
  readonly groups: ReadonlyMap<string, ReplicaGroups>;
  readonly refused: readonly PlacementWish[];
  /** Room handed out in this pass, which the ledger does not know yet. */
  readonly granted: readonly RoomHolder[];
  readonly stepping: Budgets;
}): Budgets {
  const { snapshot, pools, groups, refused, stepping } = input;
  const { split, rolloutPausedAtMs, deleting, targetRevision } = snapshot.application;
  const to = findRevision(snapshot, input.toRevision ?? 0);
  if (split !== null || deleting || to === undefined) return new Map();
  // A pause holds the way to the target, not the way back from it.
  const isGoingBack = to.revision !== targetRevision;
  if (rolloutPausedAtMs !== null && !isGoingBack) return new Map();
  const from = findRevision(snapshot, servingBeside(snapshot, to.revision)[0]?.revision ?? 0);
  if (from === undefined) return new Map();
  const found = new Map<string, { way: "step"; count: number }>();
  for (const next of to.deployments) {
    const before = from.deployments.find(({ name }) => name === next.name);
    const pool = pools.find(({ poolId }) => poolId === next.poolId);
    const wish = refused.find(({ poolId }) => poolId === next.poolId);
    if (before === undefined || before.poolId === next.poolId || pool === undefined || wish === undefined) continue;
    // What found room comes up first: it may be enough to give old ones up without missing any.
    const isStarting = pool.groups.active.some((replica) => replica.stage !== "pending" && !isReady(replica));
    if (stepping.has(next.name) || isStarting) continue;
    // What failed to start goes anyway.
    const active = groups.get(before.poolId)?.active ?? [];
    const old = holdersOf(before, isGoingBack ? active.filter(isReady) : active);
    if (!fitsInstead(wish, old, input)) continue;
    found.set(next.name, { way: "step", count: stepBudget(pool.wanted, next.rollingUpdatePercentage) });
  }
  return found;
}

function holdersOf(deployment: RevisionDeployment, replicas: readonly ReplicaFacts[]): RoomHolder[] {
  return replicas.flatMap(({ members, poolId }) =>
    members.flatMap(({ nodeId, gpuUuids }, rank): RoomHolder[] => {
      const resources = deployment.members[rank]?.resources;
      return resources === undefined ? [] : [{ nodeId, poolId, resources, gpuUuids }];
    }),
  );
}

/** Tries the wish with the old replicas gone, and puts everything back. */
function fitsInstead(
  wish: PlacementWish,
  old: readonly RoomHolder[],
  { rooms, granted }: { readonly rooms: RoomLedger; readonly granted: readonly RoomHolder[] },
): boolean {
  for (const holder of old) rooms.give(holder);
  for (const holder of granted) rooms.take(holder);
  const fits = fitsInRoom(rooms, wish);
  for (const holder of granted) rooms.give(holder);
  for (const holder of old) rooms.take(holder);
  return fits;
}
