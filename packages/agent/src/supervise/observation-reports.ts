import { memberName } from "@sluice/contracts";
import type { ReplicaObservation } from "@sluice/contracts";
import type { ReplicaStage } from "@sluice/domain";
import type { Logger } from "@sluice/observability";
import type { ReplicaFiles } from "../host/replica-files.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface ReportPorts {
  readonly files: Pick<ReplicaFiles, "saveObservation">;
  readonly logger: Logger;
  readonly now: () => number;
  readonly onObserved: (changed: readonly ReplicaObservation[]) => void;
}

/** What is observed of replicas, on its way to the disk (new stages) and to the controller (every change). */
export class ObservationReports {
  readonly #ports: ReportPorts;
  readonly #changed = new Set<ReplicaRecord>();
  #flushing: NodeJS.Immediate | undefined;

  constructor(ports: ReportPorts) {
    this.#ports = ports;
  }

  /** The replica is in this stage now; a new one gets its time. */
  enter(record: ReplicaRecord, stage: ReplicaStage, message: string): void {
    const { observation } = record;
    const isNew = observation.stage !== stage;
    const stageTimes = isNew ? { ...observation.stageTimes, [stage]: this.#ports.now() } : observation.stageTimes;
    record.observation = { ...observation, stage, stageTimes, message };
    if (isNew) this.save(record.observation);
    this.notify(record);
  }

  /** Tells the controller; changes of one turn go together. */
  notify(record: ReplicaRecord): void {
    this.#changed.add(record);
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      const changed = [...this.#changed].map(({ observation }) => observation);
      this.#changed.clear();
      this.#ports.onObserved(changed);
    });
  }

  /** A full disk must not stop the supervision; it only costs the next life of the agent this memory. */
  save(observation: ReplicaObservation): void {
    try {
      this.#ports.files.saveObservation(observation);
    } catch (err) {
      this.#ports.logger.error({ err, replicaId: memberName(observation) }, "observation not saved");
    }
  }

  close(): void {
    clearImmediate(this.#flushing);
  }
}
