import type { Logger } from "@sluice/observability";
import { endFamily } from "../host/end-family.ts";
import { readErrorLine } from "../host/error-line.ts";
import type { HostConnection } from "../host/host-server.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import { describeKernelEnd } from "../memory/describe-memory-end.ts";
import type { MemoryCages } from "../memory/memory-cages.ts";
import type { ReplicaLogs } from "../logs/replica-logs.ts";
import { signalGroup } from "../host/start-host.ts";
import { describeEnd } from "./describe-end.ts";
import type { ObservationReports } from "./observation-reports.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface ExitStatus {
  readonly code: number | null;
  readonly signal: string | null;
}

/** Of a process that was no child of this agent, or never came to be. */
export const unknownExit: ExitStatus = { code: null, signal: null };

export interface EndPorts {
  readonly files: Pick<ReplicaFiles, "stderrPath" | "assignmentPath">;
  readonly logger: Logger;
  readonly now: () => number;
  readonly reports: Pick<ObservationReports, "enter">;
  readonly counters: { failed: number };
  readonly logs: Pick<ReplicaLogs, "tend">;
  readonly cages: Pick<MemoryCages, "wasEndedForMemory" | "release">;
  /** The end is reported; room for others is free. */
  readonly onEnded: () => void;
}

/** The process is gone (or never came to be): lets go of what belonged to it and reports the end, once. */
export function endReplica(record: ReplicaRecord, status: ExitStatus, ports: EndPorts): void {
  if (record.endedAtMs !== null) return;
  record.endedAtMs = ports.now();
  const { connection } = record;
  record.connection = null;
  // What the host started and left behind ends with it.
  if (record.host !== null) signalGroup(record.host.pid, "SIGKILL");
  const { member } = record;
  if (record.assignment.runtime === "process") {
    const left = endFamily(ports.files, member);
    if (left > 0) ports.logger.warn({ replicaId: member, left }, "ended processes that its program had left behind");
  }
  // The one thing that its process could not say.
  if (ports.cages.wasEndedForMemory(member)) record.failedMessage = describeKernelEnd(record.assignment.memoryBytes);
  ports.cages.release(member);
  void reportEnd(record, connection, status, ports);
}

async function reportEnd(
  record: ReplicaRecord,
  connection: HostConnection | null,
  status: ExitStatus,
  ports: EndPorts,
): Promise<void> {
  const { member } = record;
  const { deployment } = record.assignment;
  const hadProcess = record.host !== null;
  // Waits also where there is nothing to read: an end may happen in the middle of a tick, and asks for the next one.
  const reading = hadProcess ? readErrorLine(ports.files.stderrPath(member)) : Promise.resolve(null);
  const lastErrorLine = await reading.catch(() => null);
  // Its own words about its failure may be read after its end is seen.
  await connection?.hearOut();
  // Its last words get their time.
  if (hadProcess)
    await ports.logs
      .tend(member)
      .catch((err: unknown) => ports.logger.warn({ err, replicaId: member }, "logs not noted"));
  const { stage, message, exit } = describeEnd({
    ...status,
    hadProcess,
    wasDraining: record.drainSinceMs !== null,
    ending: record.ending,
    failedMessage: record.failedMessage,
    lastErrorLine,
  });
  record.observation = { ...record.observation, exit, address: null, pid: null, rssBytes: null, ongoing: 0 };
  ports.reports.enter(record, stage, message);
  if (stage === "failed") ports.counters.failed += 1;
  ports.logger[stage === "failed" ? "warn" : "info"]({ replicaId: member, deployment }, `replica ${stage}: ${message}`);
  ports.onEnded();
}
