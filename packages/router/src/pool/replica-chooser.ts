import { countPick } from "./decision-counts.ts";
import type { DecisionCounts } from "./decision-counts.ts";
import { pickReplica } from "./pick-replica.ts";
import type { NoPickReason, PickLimits, PickReason, PickResult } from "./pick-replica.ts";
import type { PoolMembers } from "./pool-members.ts";
import { expectModel } from "./pool-replica.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import type { Waiter } from "./wait-queue.ts";

/** Picks a replica for a waiter and grants it. The hot path: one object for the limits and one for the result, of all picks. */
export class ReplicaChooser {
  readonly #members: PoolMembers;
  readonly #ports: RouterPorts;
  readonly #modelMatchMs: number;
  readonly #picks: DecisionCounts["picks"];
  readonly #limits: PickLimits = {
    maxOngoing: 0,
    nowMs: 0,
    excluded: null,
    localCount: 0,
    modelId: "",
    matchUntilMs: 0,
  };
  readonly #pick: PickResult = { replica: undefined, reason: "no_replica" };

  constructor(members: PoolMembers, ports: RouterPorts, modelMatchMs: number, picks: DecisionCounts["picks"]) {
    this.#members = members;
    this.#ports = ports;
    this.#modelMatchMs = modelMatchMs;
    this.#picks = picks;
  }

  /** A replica that has room for it; nothing is counted yet. */
  pickFor(waiter: Waiter): PoolReplica | undefined {
    const limits = this.#limits;
    const ports = this.#ports;
    const members = this.#members;
    const { excluded, modelId } = waiter;
    limits.maxOngoing = members.maxOngoing;
    limits.localCount = members.localCount;
    // The clock costs more than the choice, and as long as no replica was down it decides nothing.
    limits.nowMs = members.hasDown ? ports.now() : 0;
    // Better another replica; but when the pool has no other, waiting for one could be for ever.
    limits.excluded = excluded !== null && members.hasOtherThan(excluded) ? excluded : null;
    if (modelId !== undefined && modelId !== "") {
      limits.nowMs = ports.now();
      waiter.matchUntilMs ??= limits.nowMs + this.#modelMatchMs * (1 + ports.random());
      limits.modelId = modelId;
      limits.matchUntilMs = waiter.matchUntilMs;
    } else if (limits.modelId !== "") limits.modelId = "";
    return pickReplica(members.list, limits, ports.random(), ports.random(), this.#pick).replica;
  }

  /** Counts the request on the replica that was just picked for it. */
  grant(replica: PoolReplica, waiter: Waiter): void {
    replica.sent += 1;
    if (replica.saturated) replica.credits -= 1;
    const reason = this.#pick.reason as PickReason;
    countPick(this.#picks, reason);
    if (waiter.pickReason !== undefined) waiter.pickReason = reason;
    if (this.#limits.modelId !== "") expectModel(replica, this.#limits.modelId);
  }

  /** What keeps a newcomer waiting, with so many in line. */
  whyNone(queued: number): NoPickReason {
    if (this.#members.list.length === 0) return "no_replica";
    if (this.#members.unavailableSinceMs !== Number.POSITIVE_INFINITY) return "all_down";
    // With others in line nothing was picked: whoever joins waits for a place.
    return queued === 0 && this.#pick.reason === "model_busy" ? "model_busy" : "all_busy";
  }
}
