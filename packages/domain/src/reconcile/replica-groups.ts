import type { RoomLedger } from "../placement/room-ledger.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import type { NodeState } from "../spec/application-status.ts";
import type { PoolFacts, ReplicaFacts } from "./snapshot.ts";

/** A pool's replicas by what can be expected of them. Each replica is in exactly one group. */
export interface ReplicaGroups {
  /** On the way or ready, on nodes that are heard of (pending ones have none yet). */
  readonly active: readonly ReplicaFacts[];
  /** On a node that is drained: they serve until replacements are ready. */
  readonly leaving: readonly ReplicaFacts[];
  /** Ready on a node that is silent: they may still serve, so they stay until replacements are ready. */
  readonly stranded: readonly ReplicaFacts[];
  /** Lost with a node: it was removed, or it is silent and they were not ready yet. */
  readonly lost: readonly ReplicaFacts[];
  readonly draining: readonly ReplicaFacts[];
  readonly ended: readonly ReplicaFacts[];
}

/** State of a node; one that the ledger does not know was removed. */
export function nodeState(nodes: RoomLedger, nodeId: string): NodeState {
  return nodes.room(nodeId)?.facts.state ?? "gone";
}

export function groupReplicas(pool: PoolFacts, nodes: RoomLedger): ReplicaGroups {
  const groups = {
    active: [] as ReplicaFacts[],
    leaving: [] as ReplicaFacts[],
    stranded: [] as ReplicaFacts[],
    lost: [] as ReplicaFacts[],
    draining: [] as ReplicaFacts[],
    ended: [] as ReplicaFacts[],
  };
  for (const replica of pool.replicas) groups[groupOf(replica, nodes)].push(replica);
  return groups;
}

function groupOf(replica: ReplicaFacts, nodes: RoomLedger): keyof ReplicaGroups {
  if (isEnded(replica.stage)) return "ended";
  // A replica is as well off as the worst of its members.
  const states = replica.members.map(({ nodeId }) => nodeState(nodes, nodeId));
  if (states.includes("gone")) return "lost";
  if (replica.stage === "draining") return "draining";
  if (states.includes("unreachable")) return replica.stage === "ready" ? "stranded" : "lost";
  return states.includes("draining") ? "leaving" : "active";
}

/** It takes requests: ready, with the configuration of its pool. */
export function isReady({ stage, isReconfiguring }: ReplicaFacts): boolean {
  return stage === "ready" && !isReconfiguring;
}

export function countReady(replicas: readonly ReplicaFacts[]): number {
  return replicas.filter(isReady).length;
}

/** Replicas that may serve now, also those that are to be replaced. */
export function countUsable({ active, leaving, stranded }: ReplicaGroups): number {
  return countReady(active) + countReady(leaving) + countReady(stranded);
}

/** When a replica reached its end; 0 when unknown, which makes it the oldest. */
export function endedAtMs({ stageTimes }: ReplicaFacts): number {
  return stageTimes.failed ?? stageTimes.stopped ?? 0;
}

/** When it was created; 0 when unknown. */
export function bornAtMs({ stageTimes }: ReplicaFacts): number {
  return stageTimes.pending ?? stageTimes.assigned ?? 0;
}
