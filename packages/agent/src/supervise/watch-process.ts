import { readTreeMemoryBytes } from "@sluice/observability";
import type { Logger } from "@sluice/observability";
import type { ReplicaLogs } from "../logs/replica-logs.ts";
import { isProcessAlive, readRssBytes } from "../host/process-facts.ts";
import type { ProcessName } from "../host/process-facts.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface WatchPorts {
  readonly files: Pick<ReplicaFiles, "assignmentPath">;
  readonly logs: Pick<ReplicaLogs, "tend">;
  readonly logger: Logger;
}

/** An adopted process is nobody's child, so its end has to be looked for; a child's end is an event. */
export function isGone({ child, member }: ReplicaRecord, host: ProcessName, { files }: WatchPorts): boolean {
  return child === null && !isProcessAlive(host, files.assignmentPath(member));
}

/** What grows with time: memory, which is observed, and logs, which are cut. */
export function measureProcess(record: ReplicaRecord, host: ProcessName, { logs, logger }: WatchPorts): void {
  // With all that the host started: a program's workers count against the limit of their replica.
  const rssBytes = readTreeMemoryBytes(host.pid) ?? readRssBytes(host.pid);
  record.observation = { ...record.observation, rssBytes };
  const { member } = record;
  logs.tend(member).catch((err: unknown) => logger.warn({ err, replicaId: member }, "logs not rotated"));
}

/** Between two measurements: whether the process alone is over its limit already. One small file, read five times a second. */
export function glanceAtMemory(record: ReplicaRecord, host: ProcessName): void {
  const { memoryBytes } = record.assignment;
  if (memoryBytes <= 0 || record.isCaged) return;
  const rssBytes = readRssBytes(host.pid);
  if (rssBytes !== null && rssBytes > memoryBytes) record.observation = { ...record.observation, rssBytes };
}
