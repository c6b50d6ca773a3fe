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
  /** Not reachable, or ejected, until this time (ms); 0 = reachable. */
  downUntilMs: number;
  /** It failed, and has not answered since: after `downUntilMs` it gets one request at a time until it does. */
  onTrial: boolean;
  /** Failures since its last answer. */
  failures: number;
  /** Times it was ejected, lately: each doubles the next ejection. */
  ejections: number;
  /** When it was ejected last. */
  ejectedAtMs: number;
  /** Left the slice: gets nothing new, its running requests still count. */
  removed: boolean;
  /** On the caller's own node. */
  isLocal: boolean;
  /** Models it holds as far as told (MODELS), and those for which it was just chosen; null = never told, none. */
  models: Set<string> | null;
}

/** Model ids come from clients: so many are remembered per replica at most, the oldest go first. */
const MAX_MODELS_REMEMBERED = 1_024;

export function createPoolReplica(backend: Backend, ownNodeId = ""): PoolReplica {
  return {
    replicaId: backend.replicaId,
    backend,
    sent: 0,
    others: 0,
    saturated: false,
    askedAtMs: 0,
    credits: 0,
    downUntilMs: 0,
    onTrial: false,
    failures: 0,
    ejections: 0,
    ejectedAtMs: Number.NEGATIVE_INFINITY,
    removed: false,
    isLocal: ownNodeId !== "" && backend.nodeId === ownNodeId,
    models: null,
  };
}

/** Can it be asked at all, whatever its load? */
export function isReachable(replica: PoolReplica, nowMs: number): boolean {
  return !replica.removed && replica.downUntilMs <= nowMs;
}

/**
 * May it get one more request of this router? Its own limit is respected even before the replica says REJECT; on trial the
 * limit is one.
 */
export function hasRoom(replica: PoolReplica, maxOngoing: number, nowMs: number): boolean {
  if (replica.sent >= (replica.onTrial ? 1 : maxOngoing)) return false;
  if (replica.removed || replica.downUntilMs > nowMs) return false;
  return !replica.saturated || replica.credits > 0;
}

/** It said REJECT with so many requests in it: from now on it gets one per credit. */
export function saturate(replica: PoolReplica, ongoing: number, nowMs: number): void {
  replica.saturated = true;
  replica.askedAtMs = nowMs;
  replica.credits = 0;
  replica.others = Math.max(0, ongoing - replica.sent);
}

/** It said SLOT: one place is free. */
export function addCredit(replica: PoolReplica): void {
  replica.credits += 1;
  replica.others = Math.max(0, replica.others - 1);
}

/** What it said of saturation is void. */
export function trust(replica: PoolReplica): void {
  replica.saturated = false;
  replica.credits = 0;
  replica.others = 0;
}

/** Until the replica tells otherwise, the next request for this model goes where this one went, not to load it elsewhere. */
export function expectModel(replica: PoolReplica, modelId: string): void {
  const models = (replica.models ??= new Set());
  if (models.has(modelId)) return;
  if (models.size >= MAX_MODELS_REMEMBERED) {
    for (const oldest of models) {
      models.delete(oldest);
      break;
    }
  }
  models.add(modelId);
}
