import { pickForModel } from "./pick-for-model.ts";
import { hasRoom, isReachable } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

/**
 * Why a replica was chosen. Public: metrics labels, request inspector.
 * - `only_one`: the pool has one replica.
 * - `least_of_two`: of two random replicas the one with fewer requests.
 * - `local`: the same, among the replicas on the caller's node.
 * - `last_room`: neither of the two had room; the least loaded of all that have.
 * - `holds_model`: it holds the request's model; of several that do, the least loaded.
 * - `fewest_models`: no replica that holds the model can be had; one with the fewest models.
 * - `probe`: it had failed, and this one request finds out whether it is back.
 */
export type PickReason =
  "only_one" | "least_of_two" | "local" | "last_room" | "holds_model" | "fewest_models" | "probe";

/**
 * Why none was.
 * - `no_replica`: the pool is empty (scaling from zero, or all are gone).
 * - `all_down`: all that may be used failed lately and are left alone for a while.
 * - `all_busy`: all that may be used are at max_ongoing_requests.
 * - `model_busy`: others have room, but a replica that holds the model will soon (at most the matching time).
 */
export type NoPickReason = "no_replica" | "all_down" | "all_busy" | "model_busy";

/** Mutable, so that a router can use one object for all its picks. */
export interface PickLimits {
  maxOngoing: number;
  nowMs: number;
  /** Replicas this request must not see again; null when there are none, the common case. */
  excluded: ReadonlySet<string> | null;
  /** The first so many replicas are on the caller's node and are preferred. */
  localCount: number;
  /** Multiplexed model that the request is for; "" = none. */
  modelId: string;
  /** Until then a replica that holds the model is waited for, while there is one. */
  matchUntilMs: number;
}

/** Mutable for the same reason: the pick writes its result here, so that it allocates nothing. */
export interface PickResult {
  replica: PoolReplica | undefined;
  reason: PickReason | NoPickReason;
}

/**
 * Power of two choices: of two random replicas the one with fewer requests. That keeps load even with a tiny amount of
 * knowledge and no herd (Mitzenmacher 2001). Replicas on the caller's node come first while one of them has room, as in Ray
 * Serve. Only when neither of two has room are all looked at, from a random start, so that a free place is always found.
 * `u1`, `u2` are uniform in [0, 1). The result is written to `pick`, which is returned.
 */
export function pickReplica(
  replicas: readonly PoolReplica[],
  limits: Readonly<PickLimits>,
  u1: number,
  u2: number,
  pick: PickResult = { replica: undefined, reason: "no_replica" },
): PickResult {
  const n = replicas.length;
  const { localCount } = limits;
  if (limits.modelId !== "") return pickForModel(replicas, limits, u1, pick);
  if (localCount > 0 && localCount < n) {
    const local = lighterOfTwo(replicas, localCount, limits, u1, u2);
    if (local !== undefined) return found(pick, local, "local");
    const anyLocal = lightestOf(replicas, localCount, limits, u1);
    if (anyLocal !== undefined) return found(pick, anyLocal, "local");
  }
  const pair = lighterOfTwo(replicas, n, limits, u1, u2);
  if (pair !== undefined) return found(pick, pair, n === 1 ? "only_one" : "least_of_two");
  const last = n > 2 ? lightestOf(replicas, n, limits, u1) : undefined;
  if (last !== undefined) return found(pick, last, "last_room");
  pick.replica = undefined;
  pick.reason = whyNone(replicas, limits);
  return pick;
}

function found(pick: PickResult, replica: PoolReplica, reason: PickReason): PickResult {
  pick.replica = replica;
  pick.reason = replica.onTrial ? "probe" : reason;
  return pick;
}

/** Two different random ones of the first `n`, the lighter with room. */
function lighterOfTwo(
  replicas: readonly PoolReplica[],
  n: number,
  limits: Readonly<PickLimits>,
  u1: number,
  u2: number,
): PoolReplica | undefined {
  if (n === 0) return undefined;
  const i = Math.floor(u1 * n);
  // The second index is uniform over the others.
  const j = n === 1 ? i : (i + 1 + Math.floor(u2 * (n - 1))) % n;
  return lighter(usable(replicas[i], limits), usable(replicas[j], limits));
}

function lightestOf(
  replicas: readonly PoolReplica[],
  n: number,
  limits: Readonly<PickLimits>,
  u1: number,
): PoolReplica | undefined {
  const start = Math.floor(u1 * n);
  let best: PoolReplica | undefined;
  for (let step = 0; step < n; step += 1) best = lighter(best, usable(replicas[(start + step) % n], limits));
  return best;
}

/** For the slow path and for people: what keeps this request waiting. */
function whyNone(replicas: readonly PoolReplica[], limits: Readonly<PickLimits>): NoPickReason {
  if (replicas.length === 0) return "no_replica";
  for (const replica of replicas) {
    const isAllowed = limits.excluded === null || !limits.excluded.has(replica.replicaId);
    if (isAllowed && isReachable(replica, limits.nowMs)) return "all_busy";
  }
  return "all_down";
}

/** The replica, if this request may use it now. */
export function usable(replica: PoolReplica | undefined, limits: Readonly<PickLimits>): PoolReplica | undefined {
  if (replica === undefined || !hasRoom(replica, limits.maxOngoing, limits.nowMs)) return undefined;
  return limits.excluded !== null && limits.excluded.has(replica.replicaId) ? undefined : replica;
}

export function lighter(a: PoolReplica | undefined, b: PoolReplica | undefined): PoolReplica | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return b.sent + b.others < a.sent + a.others ? b : a;
}
