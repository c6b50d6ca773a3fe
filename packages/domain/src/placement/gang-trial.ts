import { chooseGpus } from "./fit-gpus.ts";
import { giveRoom, takeRoom } from "./node-room.ts";
import type { NodeRoom } from "./node-room.ts";
import type { MemberGrant } from "./placement.ts";
import type { PreparedMember } from "./prepare-wish.ts";

interface Step {
  readonly member: PreparedMember;
  readonly room: NodeRoom;
  readonly gpuUuids: readonly string[];
}

/** Members placed on trial: they hold room in the ledger until the trial is taken back. */
export class GangTrial {
  readonly #steps: Step[] = [];

  get size(): number {
    return this.#steps.length;
  }

  /** The member fits there: it was asked before. */
  put(member: PreparedMember, room: NodeRoom): void {
    const gpuUuids = chooseGpus(member, room);
    takeRoom(room, member.need, gpuUuids);
    this.#steps.push({ member, room, gpuUuids });
  }

  /** Takes back the newest members until `size` are left. */
  backTo(size: number): void {
    while (this.#steps.length > size) {
      const step = this.#steps.pop();
      if (step !== undefined) giveRoom(step.room, step.member.need, step.gpuUuids);
    }
  }

  /** How many members of this trial a node holds. */
  countOn(room: NodeRoom): number {
    let count = 0;
    for (const step of this.#steps) if (step.room === room) count += 1;
    return count;
  }

  membersOn(room: NodeRoom): PreparedMember[] {
    return this.#steps.filter((step) => step.room === room).map(({ member }) => member);
  }

  grants(): MemberGrant[] {
    return this.#steps
      .map(({ member, room, gpuUuids }) => ({ rank: member.rank, nodeId: room.facts.nodeId, gpuUuids }))
      .sort((a, b) => a.rank - b.rank);
  }
}
