/** What agents said last about each process of replicas that have several. A new leader hears it all again in full reports. */
import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica } from "@sluice/db";
import { isEnded } from "@sluice/domain";
import { combineMembers, unheardOf } from "./combine-members.ts";

/** Replicas known before the first look for those that ended. */
const firstPruneAt = 64;

export class MemberReports {
  readonly #known = new Map<string, Map<number, ReplicaObservation>>();
  #pruneAt = firstPruneAt;

  /**
   * Takes in what one node's report says about a replica and answers the replica as a whole; null when the report says nothing
   * about it. `isFull`: a member on this node that is not in the report is gone, when it had reached its node.
   */
  fold(
    replica: Replica,
    nodeId: string,
    reported: ReadonlyMap<number, ReplicaObservation>,
    isFull: boolean,
  ): ReplicaObservation | null {
    const members = this.#known.get(replica.id) ?? new Map<number, ReplicaObservation>();
    let isNews = false;
    for (const { rank } of replica.members.filter((member) => member.nodeId === nodeId)) {
      const before = members.get(rank);
      const said = reported.get(rank) ?? (isFull ? missing(replica, rank, before) : undefined);
      if (said === undefined) continue;
      members.set(rank, said);
      isNews = true;
    }
    if (!isNews) return null;
    this.#known.set(replica.id, members);
    // A replica on its way out ends when all of its members have ended: what is still to be heard of holds its room.
    const unheardStage = replica.stage === "draining" ? "draining" : "assigned";
    return combineMembers(replica.id, replica.members.length, members, unheardStage);
  }

  /** Forgets replicas that ended. */
  forget(replicaIds: Iterable<string>): void {
    for (const id of replicaIds) this.#known.delete(id);
  }

  /** Forgets what is not live any more, whoever ended it. Looks only when it knows twice as many as after the last look. */
  prune(listLive: () => Iterable<string>): void {
    if (this.#known.size < this.#pruneAt) return;
    const live = new Set(listLive());
    for (const id of this.#known.keys()) if (!live.has(id)) this.#known.delete(id);
    this.#pruneAt = Math.max(firstPruneAt, 2 * this.#known.size);
  }

  /** Replicas of which members are known. */
  get size(): number {
    return this.#known.size;
  }
}

/**
 * A member that this leader never heard of says by its absence what it says of a replica of one process: once the replica was
 * further than assigned, each of its members had reached its node.
 */
function missing(
  replica: Replica,
  rank: number,
  before: ReplicaObservation | undefined,
): ReplicaObservation | undefined {
  if (before !== undefined) return gone(before, replica);
  if (isEnded(replica.stage) || replica.stage === "pending" || replica.stage === "assigned") return undefined;
  return gone(unheardOf(replica.id, rank, replica.stage), replica);
}

function gone(before: ReplicaObservation, { desired }: Replica): ReplicaObservation {
  if (before.stage === "failed" || before.stage === "stopped") return before;
  return desired === "drain"
    ? { ...before, stage: "stopped" }
    : { ...before, stage: "failed", message: "its node's agent no longer has it" };
}
