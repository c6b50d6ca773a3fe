import type { Backend } from "@sluice/contracts";

/**
 * A replica as one router sees it. One object lives as long as the replica is in the pool or has requests of this router,
 * so it is also the receipt of a granted request. Fields are the router's to change.
 */
export interface PoolReplica {
  readonly replicaId: string;
  backend: Backend;
  /** Requests of this router that it has and has not answered. */
  sent: number;
  /** Requests of others in it, as far as its last REJECT told; 0 when nothing is known. */
  others: number;
  /** It said REJECT: nothing is sent to it except against a credit. */
  saturated: boolean;
  /** When it last said REJECT or was tried in spite of it. */
  askedAtMs: number;
  /** Free places announced since the last REJECT: each lets exactly one waiter try. */
  credits: number;
  /** Not reachable until this time (ms); 0 = reachable. */
  downUntilMs: number;
  /** Left the slice: gets nothing new, its running requests still count. */
  removed: boolean;
}

export function createPoolReplica(backend: Backend): PoolReplica {
  return {
    replicaId: backend.replicaId,
    backend,
    sent: 0,
    others: 0,
    saturated: false,
    askedAtMs: 0,
    credits: 0,
    downUntilMs: 0,
    removed: false,
  };
}

/** May it get one more request of this router? Its own limit is respected even before the replica says REJECT. */
export function hasRoom(replica: PoolReplica, maxOngoing: number, nowMs: number): boolean {
  if (replica.removed || replica.sent >= maxOngoing || replica.downUntilMs > nowMs) return false;
  return !replica.saturated || replica.credits > 0;
}
