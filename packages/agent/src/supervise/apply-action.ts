import { memberName } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { ReplicaFiles } from "../host/replica-files.ts";
import type { ReplicaLogs } from "../logs/replica-logs.ts";
import { signalGroup } from "../host/start-host.ts";
import { unknownExit } from "./end-replica.ts";
import type { ExitStatus } from "./end-replica.ts";
import type { HostLinks } from "./host-links.ts";
import type { ObservationReports } from "./observation-reports.ts";
import { lightConfigOf } from "./plan-supervision.ts";
import type { SupervisionAction } from "./plan-supervision.ts";
import type { ReplicaProbes } from "./replica-probes.ts";
import { planReconfigureMessage } from "./plan-reconfigure-message.ts";
import { createRecord } from "./replica-record.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface ActionPorts {
  readonly records: Map<string, ReplicaRecord>;
  readonly files: Pick<ReplicaFiles, "retire">;
  readonly logs: Pick<ReplicaLogs, "close">;
  readonly reports: Pick<ObservationReports, "enter">;
  readonly probes: Pick<ReplicaProbes, "probe">;
  readonly links: Pick<HostLinks, "sendDrain">;
  readonly counters: { adopted: number };
  readonly logger: Logger;
  readonly start: (record: ReplicaRecord) => Promise<void>;
  readonly end: (record: ReplicaRecord, status: ExitStatus) => void;
}

type ActionOnRecord = Exclude<SupervisionAction, { kind: "start" }>;

/** Does one thing that the plan asks for. */
export function applyAction(action: SupervisionAction, ports: ActionPorts, nowMs: number): void {
  const { records, logger } = ports;
  const member = memberOf(action);
  const record = records.get(member);
  logger.info({ replicaId: member, deployment: record?.assignment.deployment }, `${action.kind}: ${action.reason}`);
  if (action.kind === "start") {
    const created = createRecord(action.assignment, nowMs);
    records.set(member, created);
    void ports.start(created);
  } else if (record !== undefined) applyTo(record, action, ports, nowMs);
}

/** The member that an action is about. */
export function memberOf(action: SupervisionAction): string {
  return "assignment" in action ? memberName(action.assignment) : action.member;
}

function applyTo(record: ReplicaRecord, action: ActionOnRecord, ports: ActionPorts, nowMs: number): void {
  switch (action.kind) {
    case "adopt":
      record.origin = "started";
      ports.counters.adopted += 1;
      return ports.probes.probe(record, nowMs);
    case "reconfigure":
      record.assignment = action.assignment;
      record.lightConfig = lightConfigOf(action.assignment);
      record.reconfiguringSinceMs ??= nowMs;
      record.connection?.send(planReconfigureMessage(action.assignment));
      return;
    case "drain":
      record.drainSinceMs = nowMs;
      if (action.via === "cancel") {
        record.ending = { outcome: "stopped", reason: action.reason };
        return ports.end(record, unknownExit);
      }
      ports.reports.enter(record, "draining", action.reason);
      if (action.via === "message") ports.links.sendDrain(record);
      else if (record.host !== null) signalGroup(record.host.pid, "SIGTERM");
      return;
    case "kill":
      record.ending = { outcome: action.outcome, reason: action.reason };
      if (record.host !== null) signalGroup(record.host.pid, "SIGKILL");
      return;
    case "forget":
      ports.records.delete(action.member);
      ports.logs.close(action.member);
      ports.files
        .retire(action.member)
        .catch((err: unknown) =>
          ports.logger.warn({ err, replicaId: action.member }, "files of an ended replica not removed"),
        );
      return;
  }
}
