import type { HostMessage } from "@sluice/contracts";
import { afterProbe, decideProbe } from "./health.ts";
import type { ProbeSettings } from "./health.ts";
import type { ObservationReports } from "./observation-reports.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export type HealthMessage = Extract<HostMessage, { type: "health" }>;

export interface ProbePorts {
  readonly reports: Pick<ObservationReports, "enter">;
  readonly now: () => number;
  readonly random: () => number;
}

/** Asks replicas that say they are ready whether they are well, and hears the answers. The plan judges them. */
export class ReplicaProbes {
  readonly #ports: ProbePorts;
  #lastId = 0;

  constructor(ports: ProbePorts) {
    this.#ports = ports;
  }

  /** Does what is due for this replica now, if anything. */
  probe(record: ReplicaRecord, nowMs: number): void {
    const { claimsReady, drainSinceMs, ending, origin, connection, health } = record;
    if (!claimsReady || drainSinceMs !== null || ending !== null || origin === "found") return;
    const settings = this.#settingsOf(record);
    const step = decideProbe(health, settings, nowMs);
    if (step === "wait") return;
    if (step === "time out") {
      const message = `no answer within ${settings.timeoutMs / 1000} s`;
      record.health = afterProbe(health, false, message, settings, nowMs);
    } else if (connection === null) {
      record.health = afterProbe(health, false, "no link to the process", settings, nowMs);
    } else {
      this.#lastId += 1;
      record.health = { ...health, outstanding: { probeId: this.#lastId, sentAtMs: nowMs } };
      connection.send({ type: "probe", probeId: this.#lastId });
    }
  }

  /** An answer. Only the one to the outstanding probe counts; the first good one makes the replica ready. */
  hear(record: ReplicaRecord, { probeId, ok, message, ongoing }: HealthMessage): void {
    if (record.endedAtMs !== null) return;
    record.observation = { ...record.observation, ongoing };
    if (record.health.outstanding?.probeId !== probeId) return;
    if (ok && record.claimsReady && record.drainSinceMs === null && record.observation.stage !== "ready") {
      this.#ports.reports.enter(record, "ready", message);
    }
    record.health = afterProbe(record.health, ok, message, this.#settingsOf(record), this.#ports.now());
  }

  #settingsOf({ assignment, observation }: ReplicaRecord): ProbeSettings {
    return {
      periodMs: assignment.healthCheckPeriodS * 1000,
      timeoutMs: assignment.healthCheckTimeoutS * 1000,
      isReady: observation.stage === "ready",
      random: this.#ports.random(),
    };
  }
}
