import { memberName } from "@sluice/contracts";
import type {
  CertificateAsk,
  HandleLoad,
  HostMessage,
  IssuedCertificate,
  RoutingSlice,
  WindowReport,
} from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { HostConnection, HostHello, HostListener } from "../host/host-server.ts";
import { dismissStray } from "./dismiss-stray.ts";
import { startHealth } from "./health.ts";
import type { ObservationReports } from "./observation-reports.ts";
import { planDrainMessage } from "./plan-drain-message.ts";
import type { DrainCap } from "./plan-drain-message.ts";
import type { ReplicaProbes } from "./replica-probes.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface HostLinkPorts {
  readonly records: ReadonlyMap<string, ReplicaRecord>;
  readonly reports: Pick<ObservationReports, "enter" | "notify">;
  readonly probes: ReplicaProbes;
  readonly logger: Logger;
  readonly now: () => number;
  readonly drainCap: () => DrainCap;
  readonly onWindows: (report: WindowReport) => void;
  /** Load that the handles of one replica put on pools. */
  readonly onLoad: (load: HandleLoad) => void;
  /** Has the key of a host certified; rejects with the reason. */
  readonly certify: (member: string, publicKey: string) => Promise<IssuedCertificate>;
  /** New settings are in force in a running process. */
  readonly onReconfigured: (record: ReplicaRecord) => void;
  /** A link came or went: the plan may see it differently. */
  readonly onLinkChanged: () => void;
}

type ReconfiguredMessage = Extract<HostMessage, { type: "reconfigured" }>;

/** The conversation with hosts that dialled in: what they are told, and what they say of themselves. */
export class HostLinks {
  readonly #ports: HostLinkPorts;
  readonly #slices = new Map<string, RoutingSlice>();

  constructor(ports: HostLinkPorts) {
    this.#ports = ports;
  }

  /** A host (re)dialled. */
  accept(hello: HostHello, connection: HostConnection): HostListener {
    const record = this.#ports.records.get(memberName(hello));
    const isOurs = record !== undefined && record.endedAtMs === null && record.host?.pid === hello.pid;
    if (!isOurs) {
      dismissStray(hello, connection, this.#ports.logger);
      return { onMessage: () => undefined, onClose: () => undefined };
    }
    record.connection?.close();
    record.connection = connection;
    // What was asked over the old link is not answered over the new one.
    record.health = { ...record.health, outstanding: null };
    this.#learnConfig(record, hello.configVersion);
    const slice = this.#slices.get(record.assignment.application);
    if (slice !== undefined) connection.send({ type: "slices", slices: [slice] });
    if (record.drainSinceMs !== null) this.sendDrain(record);
    this.#applyStage(record, hello.stage, "", hello.address);
    this.#ports.onLinkChanged();
    return {
      onMessage: (message) => this.#hear(record, message),
      onClose: () => {
        if (record.connection !== connection) return;
        record.connection = null;
        // The end of an adopted process shows here first: it is nobody's child.
        this.#ports.onLinkChanged();
      },
    };
  }

  /** Keeps the routes for hosts to come and tells those that are linked. */
  setSlices(slices: readonly RoutingSlice[]): void {
    for (const slice of slices) {
      this.#slices.set(slice.application, slice);
      for (const { assignment, connection } of this.#ports.records.values()) {
        if (assignment.application === slice.application) connection?.send({ type: "slices", slices: [slice] });
      }
    }
  }

  sendDrain({ assignment, connection }: ReplicaRecord): void {
    connection?.send(planDrainMessage(assignment, this.#ports.drainCap()));
  }

  #hear(record: ReplicaRecord, message: Exclude<HostMessage, HostHello>): void {
    const { member } = record;
    const { deployment } = record.assignment;
    switch (message.type) {
      case "stage":
        return this.#applyStage(record, message.stage, message.message, message.address);
      case "failed":
        record.failedMessage = message.message;
        return this.#ports.logger.warn(
          { replicaId: member, deployment, stack: message.stack },
          `replica failed: ${message.message}`,
        );
      case "health":
        return this.#ports.probes.hear(record, message);
      case "reconfigured":
        return this.#hearReconfigured(record, message);
      case "windows":
        return this.#ports.onWindows({
          reporter: member,
          incarnation: message.incarnation,
          windows: message.windows,
        });
      case "load":
        return this.#ports.onLoad({ router: member, at: message.at, pools: message.pools });
      case "certify":
        return void this.#certify(record, message);
    }
  }

  async #certify({ member, connection }: ReplicaRecord, { requestId, publicKey }: CertificateAsk): Promise<void> {
    try {
      const issued = await this.#ports.certify(member, publicKey);
      connection?.send({ type: "certified", requestId, issued, error: "" });
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      connection?.send({ type: "certified", requestId, issued: null, error: reason });
    }
  }

  /** Whatever was told over the old link and may not have arrived is told again: settings that are in force already change nothing. */
  #learnConfig(record: ReplicaRecord, configVersion: string | null): void {
    const isOther = configVersion !== null && configVersion !== record.assignment.configVersion;
    if (isOther || record.reconfiguringSinceMs !== null) record.lightConfig = "";
    if (configVersion === null || configVersion === record.observation.configVersion) return;
    record.observation = { ...record.observation, configVersion };
    // A host that is found again changes no stage, with which this would be told.
    this.#ports.reports.notify(record);
  }

  /** A process becomes ready with what it was started with; to anything that it was told since, it answers by itself. */
  #learnReadyConfig(record: ReplicaRecord): void {
    const { observation, assignment, reconfiguringSinceMs } = record;
    if (observation.configVersion !== null || reconfiguringSinceMs !== null) return;
    record.observation = { ...observation, configVersion: assignment.configVersion };
  }

  #hearReconfigured(record: ReplicaRecord, { configVersion, ok, message }: ReconfiguredMessage): void {
    const { observation } = record;
    if (record.endedAtMs !== null) return;
    if (!ok) {
      record.refusal = { atMs: this.#ports.now(), reason: message };
      // In case its process ends before it can say so itself.
      record.failedMessage ??= message;
      return this.#ports.reports.enter(record, observation.stage, message);
    }
    record.observation = { ...observation, configVersion };
    if (configVersion === record.assignment.configVersion) record.reconfiguringSinceMs = null;
    this.#ports.onReconfigured(record);
    this.#ports.reports.notify(record);
  }

  #applyStage(record: ReplicaRecord, stage: HostHello["stage"], message: string, address: HostHello["address"]): void {
    if (record.endedAtMs !== null) return;
    const nowMs = this.#ports.now();
    if (address !== null) record.observation = { ...record.observation, address };
    if (stage === "ready") {
      record.claimsReady = true;
      this.#learnReadyConfig(record);
      // A host found again was ready already, and stays so without an interruption.
      if (record.observation.stage !== "ready") record.health = startHealth(nowMs);
      return this.#ports.probes.probe(record, nowMs);
    }
    record.claimsReady = false;
    if (stage === "draining") record.drainSinceMs ??= nowMs;
    if (record.drainSinceMs === null || stage === "draining") this.#ports.reports.enter(record, stage, message);
  }
}
