import type { FailureCount } from "./count-failures.ts";
import { failureText } from "./count-failures.ts";
import type { Action, PlannedEvent } from "./action.ts";
import { bornAtMs, countReady, endedAtMs, isReady } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import type { ReplicaFacts, RevisionDeployment } from "./snapshot.ts";

/** A live pool with all that its plan needs. */
export interface LivePool {
  readonly poolId: string;
  readonly deployment: RevisionDeployment;
  /** Newest live revision that uses the pool. */
  readonly revision: number;
  readonly wanted: number;
  readonly groups: ReplicaGroups;
  readonly failures: FailureCount;
  /** Nothing is started: replicas that can be moved here come soon, or a person holds the rollout. */
  readonly isHeld: boolean;
}

export interface PoolPlan {
  readonly actions: readonly Action[];
  /** Replicas created by this plan, pending. */
  readonly created: readonly string[];
  /** Pending replicas that this plan takes back. */
  readonly dropped: ReadonlySet<string>;
  readonly events: readonly PlannedEvent[];
  /** Something ready is to go once gateways have confirmed the weights. */
  readonly waitsForGateways: boolean;
}

/** A death this long ago is not the cause of a creation now. */
const SUCCESSOR_WITHIN_MS = 60_000;

/** Brings a live pool to its wanted number. `nextId` hands out unused ids, or undefined when there are no more. */
export function planPool(
  pool: LivePool,
  state: { readonly nowMs: number; readonly isSettled: boolean },
  nextId: () => string | undefined,
): PoolPlan {
  const { groups, wanted } = pool;
  const missing = wanted - groups.active.length;
  if (missing < 0) return planSurplus(pool, -missing, state.isSettled);
  const canCreate = pool.failures.replacement.kind === "now" && !pool.isHeld;
  const creation = missing > 0 && canCreate ? planCreation(pool, missing, state.nowMs, nextId) : nothing;
  const failureEvents = pool.failures.fresh
    .filter(({ replicaId }) => !creation.actions.some((a) => a.kind === "createReplica" && a.replaces === replicaId))
    .map((replica) => failureEvent(pool, replica));
  return {
    ...creation,
    actions: [...creation.actions, ...planReplaced(pool)],
    events: [...failureEvents, ...creation.events],
  };
}

/**
 * Replicas that others take the place of: on a silent node they may serve until all replacements do; on a node that is drained
 * they go one by one as replacements get ready.
 */
function planReplaced({ groups, wanted }: LivePool): Action[] {
  const ready = countReady(groups.active);
  const [serving, idle] = [groups.leaving.filter(isReady), groups.leaving.filter((replica) => !isReady(replica))];
  const spare = Math.max(0, ready + serving.length - wanted);
  return [
    ...(ready >= wanted ? groups.stranded.map(abandon) : []),
    ...[...idle, ...serving.slice(0, spare)].map((replica) => dismiss(replica, "its node is drained")),
  ];
}

const nothing: PoolPlan = { actions: [], created: [], dropped: new Set(), events: [], waitsForGateways: false };

function planCreation(pool: LivePool, missing: number, nowMs: number, nextId: () => string | undefined): PoolPlan {
  const { poolId, deployment, revision, wanted, groups } = pool;
  // Each new replica is named as the successor of one that died, the latest first, so that the history reads on.
  const dead = groups.ended
    .filter((r) => r.stage === "failed" && r.replacedBy === null && r.stageTimes.draining === undefined)
    .filter((r) => nowMs - endedAtMs(r) < SUCCESSOR_WITHIN_MS)
    .sort((a, b) => endedAtMs(b) - endedAtMs(a));
  const actions: Action[] = [];
  const created: string[] = [];
  const events: PlannedEvent[] = [];
  const base = `wanted ${wanted}, ${groups.active.length} there`;
  for (let i = 0; i < missing; i += 1) {
    const replicaId = nextId();
    if (replicaId === undefined) break;
    const old = dead[i];
    const reason = old === undefined ? base : `${base}; replaces ${old.replicaId}, which ${failureText(old)}`;
    const replaces = old?.replicaId ?? null;
    actions.push({ kind: "createReplica", replicaId, poolId, deployment: deployment.name, revision, replaces, reason });
    created.push(replicaId);
    if (old === undefined) continue;
    events.push({
      reason: "ReplicaReplaced",
      severity: "warning",
      message: `replica ${old.replicaId} ${endText(old)}; replaced by ${replicaId}`,
      deployment: deployment.name,
      replicaId: old.replicaId,
      numbers: { wanted, failures: pool.failures.history.count },
    });
  }
  const plain = created.length - events.length;
  if (plain > 0) {
    events.push({
      reason: "ScaledUp",
      severity: "info",
      message: `${deployment.name}: starting ${plain} ${plain === 1 ? "replica" : "replicas"} (${base})`,
      deployment: deployment.name,
      replicaId: null,
      numbers: { wanted, running: groups.active.length },
    });
  }
  return { ...nothing, actions, created, events };
}

/** Not yet ready before ready, then the newest: what has run longest is kept. */
function planSurplus(pool: LivePool, surplus: number, isSettled: boolean): PoolPlan {
  const { groups, wanted } = pool;
  const order = [...groups.active].sort(
    (a, b) => Number(isReady(a)) - Number(isReady(b)) || bornAtMs(b) - bornAtMs(a) || byId(a, b),
  );
  const chosen = order.slice(0, surplus);
  const going = chosen.filter(({ stage }) => stage !== "ready" || isSettled);
  const reason = `wanted ${wanted}, ${groups.active.length} there`;
  const events: PlannedEvent[] =
    going.length === 0
      ? []
      : [
          {
            reason: "ScaledDown",
            severity: "info",
            message: `${pool.deployment.name}: ${goingText(going)} (${reason})`,
            deployment: pool.deployment.name,
            replicaId: null,
            numbers: { wanted, running: groups.active.length },
          },
        ];
  const failureEvents = pool.failures.fresh.map((replica) => failureEvent(pool, replica));
  return {
    actions: [...going.map((replica) => dismiss(replica, reason)), ...planReplaced(pool)],
    created: [],
    dropped: new Set(going.map(({ replicaId }) => replicaId)),
    events: [...failureEvents, ...events],
    waitsForGateways: going.length < chosen.length,
  };
}

/** "stopping 2 replicas, withdrawing 4 that never ran": what has no node yet is not stopped. */
function goingText(going: readonly ReplicaFacts[]): string {
  const waiting = going.filter(({ stage }) => stage === "pending").length;
  const running = going.length - waiting;
  const stopped = `stopping ${running} ${running === 1 ? "replica" : "replicas"}`;
  if (waiting === 0) return stopped;
  if (running === 0) return `withdrawing ${waiting} ${waiting === 1 ? "replica" : "replicas"} that never ran`;
  return `${stopped}, withdrawing ${waiting} that never ran`;
}

/** Drains what has a process; what never got a node is simply forgotten. */
export function dismiss(replica: ReplicaFacts, reason: string): Action {
  const { replicaId } = replica;
  return replica.stage === "pending"
    ? { kind: "forgetReplica", replicaId, reason: `${reason}; it never ran` }
    : { kind: "drainReplica", replicaId, reason };
}

function abandon(replica: ReplicaFacts): Action {
  return {
    kind: "failReplica",
    replicaId: replica.replicaId,
    reason: `node ${replica.nodeId ?? ""} is unreachable; replaced`,
  };
}

function failureEvent(pool: LivePool, replica: ReplicaFacts): PlannedEvent {
  const { replacement, history } = pool.failures;
  return {
    reason: "ReplicaFailed",
    severity: replacement.kind === "giveUp" ? "error" : "warning",
    // The sentence about what comes next ends with the last error: said already when it is this one.
    message: `replica ${replica.replicaId} ${endText(replica)}. ${withoutEnd(replacement.reason, `. Last error: ${failureText(replica)}`)}`,
    deployment: pool.deployment.name,
    replicaId: replica.replicaId,
    numbers: { failures: history.count, wanted: pool.wanted },
  };
}

function withoutEnd(text: string, end: string): string {
  return text.endsWith(end) ? text.slice(0, -end.length) : text;
}

/** "exited by SIGKILL" reads on after the id; an error text needs a verb. */
function endText(replica: ReplicaFacts): string {
  const text = failureText(replica);
  return /^(exited|ended|was|failed)\b/.test(text) ? text : `failed: ${text}`;
}

function byId(a: ReplicaFacts, b: ReplicaFacts): number {
  return a.replicaId < b.replicaId ? -1 : 1;
}
