/** What agents said last about each process of replicas that have several. A new leader hears it all again in full reports. */
import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica } from "@sluice/db";
import { combineMembers } from "./combine-members.ts";

export class MemberReports {
  readonly #known = new Map<string, Map<number, ReplicaObservation>>();

  /**
   * Takes in what one node's report says about a replica and answers the replica as a whole; null when the report says nothing
   * about it. `isFull`: a member on this node that is not in the report is gone.
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
      const said = reported.get(rank) ?? (isFull && before !== undefined ? gone(before, replica) : undefined);
      if (said === undefined) continue;
      members.set(rank, said);
      isNews = true;
    }
    if (!isNews) return null;
    this.#known.set(replica.id, members);
    return combineMembers(replica.id, replica.members.length, members);
  }

  /** Forgets replicas that ended. */
  forget(replicaIds: Iterable<string>): void {
    for (const id of replicaIds) this.#known.delete(id);
  }
}

function gone(before: ReplicaObservation, { desired }: Replica): ReplicaObservation {
  if (before.stage === "failed" || before.stage === "stopped") return before;
  return desired === "drain"
    ? { ...before, stage: "stopped" }
    : { ...before, stage: "failed", message: "its node's agent no longer has it" };
}
