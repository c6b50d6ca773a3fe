import type { RoomLedger } from "../placement/room-ledger.ts";
import type { Action, PlannedEvent } from "./action.ts";
import { endedAtMs, nodeState } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import type { PoolFacts } from "./snapshot.ts";

/** Ended replicas kept per pool for the history on screen; Ray keeps 10 too. */
const KEEP_ENDED = 10;
const KEEP_ENDED_MS = 3_600_000;

/** Replicas whose node is lost are given up. They are not start-up failures, so no history counts them. */
export function planLosses(
  pool: PoolFacts,
  groups: ReplicaGroups,
  nodes: RoomLedger,
  isDeleting: boolean,
): { readonly actions: readonly Action[]; readonly events: readonly PlannedEvent[] } {
  // A deletion does not wait for a silent node: when it comes back, its agent stops what is not assigned.
  const silent = isDeleting
    ? groups.draining.filter(({ members }) => members.some(({ nodeId }) => nodeState(nodes, nodeId) === "unreachable"))
    : [];
  const lost = [...groups.lost, ...silent].map((replica) => {
    const isLost = (nodeId: string): boolean => ["gone", "unreachable"].includes(nodeState(nodes, nodeId));
    const nodeId = replica.members.find((member) => isLost(member.nodeId))?.nodeId ?? replica.nodeId ?? "?";
    const how = nodeState(nodes, nodeId) === "gone" ? "was removed" : "is unreachable";
    return { replicaId: replica.replicaId, reason: `node ${nodes.room(nodeId)?.facts.nodeName ?? nodeId} ${how}` };
  });
  return {
    actions: lost.map(({ replicaId, reason }) => ({ kind: "failReplica", replicaId, reason })),
    events: lost.map(({ replicaId, reason }) => ({
      reason: "ReplicaLost",
      severity: "warning",
      message: `replica ${replicaId} is lost: ${reason}`,
      deployment: pool.deployment,
      replicaId,
      numbers: {},
    })),
  };
}

/** Rows of ended replicas that nobody needs: beyond the ten latest of the pool, or older than an hour. */
export function planForgets(groups: ReplicaGroups, nowMs: number): Action[] {
  return groups.ended
    .filter((replica) => replica.stage === "stopped" || replica.failureCounted)
    .sort((a, b) => endedAtMs(b) - endedAtMs(a))
    .flatMap((replica, i): Action[] => {
      const ageMs = nowMs - endedAtMs(replica);
      if (i < KEEP_ENDED && ageMs < KEEP_ENDED_MS) return [];
      const reason = i < KEEP_ENDED ? "it ended more than an hour ago" : `${KEEP_ENDED} later ones are kept`;
      return [{ kind: "forgetReplica", replicaId: replica.replicaId, reason }];
    });
}
