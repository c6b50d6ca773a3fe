import { hasRoom } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";

/** Mutable, so that a router can use one object for all its picks. */
export interface PickLimits {
  maxOngoing: number;
  nowMs: number;
  /** Replicas this request must not see again; null when there are none, the common case. */
  excluded: ReadonlySet<string> | null;
}

/**
 * Power of two choices: of two random replicas the one with fewer requests. That keeps load even with a tiny amount of
 * knowledge and no herd (Mitzenmacher 2001). Only when neither has room are all looked at, from a random start, so that a
 * free place is always found. `u1`, `u2` are uniform in [0, 1). Allocates nothing.
 */
export function pickReplica(
  replicas: readonly PoolReplica[],
  limits: Readonly<PickLimits>,
  u1: number,
  u2: number,
): PoolReplica | undefined {
  const n = replicas.length;
  if (n === 0) return undefined;
  const i = Math.floor(u1 * n);
  // The second index is uniform over the others.
  const j = n === 1 ? i : (i + 1 + Math.floor(u2 * (n - 1))) % n;
  const pair = lighter(usable(replicas[i], limits), usable(replicas[j], limits));
  if (pair !== undefined || n <= 2) return pair;
  let best: PoolReplica | undefined;
  for (let step = 0; step < n; step += 1) best = lighter(best, usable(replicas[(i + step) % n], limits));
  return best;
}

function usable(replica: PoolReplica | undefined, limits: Readonly<PickLimits>): PoolReplica | undefined {
  if (replica === undefined || !hasRoom(replica, limits.maxOngoing, limits.nowMs)) return undefined;
  return limits.excluded !== null && limits.excluded.has(replica.replicaId) ? undefined : replica;
}

function lighter(a: PoolReplica | undefined, b: PoolReplica | undefined): PoolReplica | undefined {
  if (a === undefined) return b;
  if (b === undefined) return a;
  return b.sent + b.others < a.sent + a.others ? b : a;
}
