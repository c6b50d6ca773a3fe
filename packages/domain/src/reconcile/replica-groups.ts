import type { PlacementNode } from "../placement/placement.ts";
import { isEnded } from "../replica/next-replica-stage.ts";
import type { PoolFacts, ReplicaFacts } from "./snapshot.ts";

/** A pool's replicas by what can be expected of them. Each replica is in exactly one group. */
export interface ReplicaGroups {
  /** On the way or ready, on a node that is heard of (pending ones have none yet). */
  readonly active: readonly ReplicaFacts[];
  /** Ready on a node that is silent: they may still serve, so they stay until replacements are ready. */
  readonly stranded: readonly ReplicaFacts[];
  /** Lost with their node: it was removed, or it is silent and they were not ready yet. */
  readonly lost: readonly ReplicaFacts[];
  readonly draining: readonly ReplicaFacts[];
  readonly ended: readonly ReplicaFacts[];
}

/** A node that is not in `nodes` was removed. */
export function groupReplicas(pool: PoolFacts, nodes: ReadonlyMap<string, PlacementNode>): ReplicaGroups {
  const groups = {
    active: [] as ReplicaFacts[],
    stranded: [] as ReplicaFacts[],
    lost: [] as ReplicaFacts[],
    draining: [] as ReplicaFacts[],
    ended: [] as ReplicaFacts[],
  };
  for (const replica of pool.replicas) groups[groupOf(replica, nodes)].push(replica);
  return groups;
}

function groupOf(replica: ReplicaFacts, nodes: ReadonlyMap<string, PlacementNode>): keyof ReplicaGroups {
  if (isEnded(replica.stage)) return "ended";
  const node = replica.nodeId === null ? undefined : nodes.get(replica.nodeId);
  if (replica.nodeId !== null && (node === undefined || node.state === "gone")) return "lost";
  if (replica.stage === "draining") return "draining";
  if (node?.state !== "unreachable") return "active";
  return replica.stage === "ready" ? "stranded" : "lost";
}

export function countReady(replicas: readonly ReplicaFacts[]): number {
  return replicas.filter(({ stage }) => stage === "ready").length;
}

/** When a replica reached its end; 0 when unknown, which makes it the oldest. */
export function endedAtMs({ stageTimes }: ReplicaFacts): number {
  return stageTimes.failed ?? stageTimes.stopped ?? 0;
}
