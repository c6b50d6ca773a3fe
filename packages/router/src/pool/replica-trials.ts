import { decideEjection } from "./decide-ejection.ts";
import type { EjectionDecision, EjectionPolicy, FailureKind } from "./decide-ejection.ts";
import type { DecisionCounts } from "./decision-counts.ts";
import type { PoolMembers } from "./pool-members.ts";
import type { PoolReplica } from "./pool-replica.ts";
import type { RouterPorts } from "./ports.ts";
import type { WaitLine } from "./wait-line.ts";

/** What trials work with. */
export interface ReplicaTrialsParts {
  readonly ports: RouterPorts;
  readonly members: PoolMembers;
  readonly line: WaitLine;
  readonly policy: EjectionPolicy;
  readonly ejections: DecisionCounts["ejections"];
}

/** Replicas under suspicion: a failure may put one down for a while, then it is on trial until it answers. */
export class ReplicaTrials {
  readonly #parts: ReplicaTrialsParts;

  constructor(parts: ReplicaTrialsParts) {
    this.#parts = parts;
  }

  /** It failed a request: it is put down if the policy says so. */
  accuse(replica: PoolReplica, kind: FailureKind): EjectionDecision {
    const { ports, members, policy, ejections } = this.#parts;
    replica.failures += 1;
    const nowMs = ports.now();
    if (nowMs - replica.ejectedAtMs > policy.forgetAfterMs) replica.ejections = 0;
    const decision = decideEjection(
      {
        kind,
        failures: replica.failures,
        ejections: replica.ejections,
        isEjected: replica.downUntilMs > nowMs,
        replicas: members.list.length,
        otherEjected: members.otherOnTrial(replica),
        u: ports.random(),
      },
      policy,
    );
    ejections[decision.reason] += 1;
    if (decision.eject) {
      replica.ejections += 1;
      replica.ejectedAtMs = nowMs;
      this.putDown(replica, decision.forMs);
    }
    return decision;
  }

  /** It gets nothing for this long, then one request at a time until it answers. */
  putDown(replica: PoolReplica, forMs: number): void {
    const { ports, members, line } = this.#parts;
    replica.downUntilMs = ports.now() + forMs;
    replica.onTrial = true;
    members.hasDown = true;
    this.noteAvailability();
    line.lookAgain();
  }

  /** It answered: no suspicion is left. An answer that was on its way as others failed does not end an ejection early. */
  acquit(replica: PoolReplica): void {
    if (replica.downUntilMs > this.#parts.ports.now()) return;
    replica.failures = 0;
    replica.onTrial = false;
    replica.downUntilMs = 0;
    this.#parts.members.noteDown();
    this.noteAvailability();
  }

  /** While no replica works, waiters are held for a limited time. */
  noteAvailability(): void {
    const { ports, members, line } = this.#parts;
    const nowMs = ports.now();
    if (members.noteAvailability(nowMs)) line.startGivingUp(nowMs);
  }
}
