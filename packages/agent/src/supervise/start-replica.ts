import type { ChildProcess } from "node:child_process";
import { isSluiceError } from "@sluice/contracts";
import type { Assignment } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { BundleCache } from "../bundle/bundle-cache.ts";
import type { ProcessName } from "../host/process-facts.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import type { MemoryCages } from "../memory/memory-cages.ts";
import { signalGroup } from "../host/start-host.ts";
import { unknownExit } from "./end-replica.ts";
import type { ExitStatus } from "./end-replica.ts";
import type { ObservationReports } from "./observation-reports.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface LaunchedHost {
  readonly child: ChildProcess;
  readonly host: ProcessName | null;
}

export interface StartPorts {
  readonly files: Pick<ReplicaFiles, "create">;
  readonly bundles: Pick<BundleCache, "prepare">;
  /** Starts the process of a prepared replica. */
  readonly launch: (assignment: Assignment, bundleDir: string) => Promise<LaunchedHost>;
  readonly logger: Logger;
  readonly now: () => number;
  readonly reports: ObservationReports;
  readonly counters: { started: number };
  readonly cages: Pick<MemoryCages, "hold">;
  readonly end: (record: ReplicaRecord, status: ExitStatus) => void;
}

/** Prepares the bundle and starts the process; whatever goes wrong ends the replica with its reason. */
export async function startReplica(record: ReplicaRecord, ports: StartPorts): Promise<void> {
  const { files, bundles, launch, reports, end } = ports;
  const { assignment } = record;
  reports.notify(record);
  try {
    await files.create(record.member);
    reports.enter(record, "preparing", "");
    const bundleDir = await bundles.prepare(assignment, (message) => {
      if (record.observation.stage === "preparing") reports.enter(record, "preparing", message);
    });
    if (record.endedAtMs !== null) return;
    const { child, host } = await launch(assignment, bundleDir);
    ports.counters.started += 1;
    record.child = child;
    record.host = host;
    record.spawnedAtMs = ports.now();
    // By pid: the process may have been waiting for a replica before it became this one.
    record.isCaged = host !== null && ports.cages.hold(record.member, host.pid, assignment.memoryBytes);
    record.observation = { ...record.observation, pid: host?.pid ?? null };
    child.once("exit", (code, signal) => end(record, { code, signal }));
    child.once("error", (error) => {
      record.failedMessage = `The process could not be started: ${error.message}`;
      end(record, unknownExit);
    });
    // Cancelled while the process was being started: the plan ended a record without a process.
    if (record.endedAtMs !== null && host !== null) signalGroup(host.pid, "SIGKILL");
    else reports.enter(record, "starting", "");
  } catch (error) {
    record.failedMessage = isSluiceError(error) ? error.publicMessage : String(error);
    ports.logger.warn({ err: error, replicaId: record.member }, "replica not started");
    end(record, unknownExit);
  }
}
