import type { PickResult, PickLimits } from "./pick-replica.ts";
import { hasRoom, isReachable } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

/**
 * The choice for a request with a multiplexed model, by Ray Serve's order (ray-serve.md 4.4): a replica that holds the model,
 * also when it must be waited for until `matchUntilMs`, because loading a model costs more than a short wait; then one with
 * the fewest models, since it has the most room for another; the less loaded of equals. All replicas are looked at, from a
 * random start, so that equals share. The result is written to `pick`, which is returned.
 */
export function pickForModel(
  replicas: readonly PoolReplica[],
  limits: Readonly<PickLimits>,
  u1: number,
  pick: PickResult,
): PickResult {
  const n = replicas.length;
  const start = Math.floor(u1 * n);
  let holder: PoolReplica | undefined;
  let other: PoolReplica | undefined;
  let isHolderBusy = false;
  let isReachableSeen = false;
  for (let step = 0; step < n; step += 1) {
    const replica = replicas[(start + step) % n];
    if (replica === undefined || !isReachable(replica, limits.nowMs)) continue;
    if (limits.excluded !== null && limits.excluded.has(replica.replicaId)) continue;
    isReachableSeen = true;
    const holds = replica.models !== null && replica.models.has(limits.modelId);
    if (!hasRoom(replica, limits.maxOngoing, limits.nowMs)) {
      // A replica on trial is not worth waiting for.
      if (holds && !replica.onTrial) isHolderBusy = true;
      continue;
    }
    if (holds) {
      if (holder === undefined || loadOf(replica) < loadOf(holder)) holder = replica;
    } else if (other === undefined || hasRoomier(replica, other)) other = replica;
  }
  pick.replica = holder ?? (isHolderBusy && limits.nowMs < limits.matchUntilMs ? undefined : other);
  if (pick.replica === undefined) {
    pick.reason =
      n === 0 ? "no_replica" : !isReachableSeen ? "all_down" : other === undefined ? "all_busy" : "model_busy";
  } else if (pick.replica.onTrial) pick.reason = "probe";
  else pick.reason = n === 1 ? "only_one" : holder !== undefined ? "holds_model" : "fewest_models";
  return pick;
}

function hasRoomier(a: PoolReplica, b: PoolReplica): boolean {
  const models = (a.models?.size ?? 0) - (b.models?.size ?? 0);
  return models === 0 ? loadOf(a) < loadOf(b) : models < 0;
}

function loadOf(replica: PoolReplica): number {
  return replica.sent + replica.others;
}
