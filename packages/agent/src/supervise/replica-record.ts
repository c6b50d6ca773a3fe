import type { ChildProcess } from "node:child_process";
import { memberName } from "@sluice/contracts";
import type { Assignment, ReplicaObservation } from "@sluice/contracts";
import type { HostConnection } from "../host/host-server.ts";
import type { ProcessName } from "../host/process-facts.ts";
import { startHealth } from "./health.ts";
import type { HealthTrack } from "./health.ts";
import { lightConfigOf } from "./plan-supervision.ts";
import type { ObservedHost } from "./plan-supervision.ts";

/** All that the agent holds about one member of a replica. Owned and changed by the supervisor alone. */
export interface ReplicaRecord {
  /** Its key here, and the name of its files. */
  readonly member: string;
  assignment: Assignment;
  observation: ReplicaObservation;
  origin: "started" | "found";
  readonly sinceMs: number;
  host: ProcessName | null;
  /** Present only when this life of the agent started it: then its exit status will be known. */
  child: ChildProcess | null;
  connection: HostConnection | null;
  spawnedAtMs: number | null;
  drainSinceMs: number | null;
  /** Why the agent ended it, and as what its end counts. */
  ending: { readonly outcome: "failed" | "stopped"; readonly reason: string } | null;
  endedAtMs: number | null;
  /** What the host said about its own failure. */
  failedMessage: string | null;
  /** The host says that it is ready; it counts once a probe was answered. */
  claimsReady: boolean;
  health: HealthTrack;
  lightConfig: string;
  reconfiguringSinceMs: number | null;
  refusal: { readonly atMs: number; readonly reason: string } | null;
  /** The kernel holds it to its memory limit. */
  isCaged: boolean;
}

export function createRecord(assignment: Assignment, nowMs: number): ReplicaRecord {
  return {
    member: memberName(assignment),
    assignment,
    observation: blankObservation(assignment, nowMs),
    origin: "started",
    sinceMs: nowMs,
    host: null,
    child: null,
    connection: null,
    spawnedAtMs: null,
    drainSinceMs: null,
    ending: null,
    endedAtMs: null,
    failedMessage: null,
    claimsReady: false,
    health: startHealth(nowMs),
    lightConfig: lightConfigOf(assignment),
    reconfiguringSinceMs: null,
    refusal: null,
    isCaged: false,
  };
}

export function blankObservation(
  { replicaId, rank }: Pick<Assignment, "replicaId" | "rank">,
  nowMs: number,
): ReplicaObservation {
  return {
    replicaId,
    rank,
    configVersion: null,
    stage: "assigned",
    stageTimes: { assigned: nowMs },
    address: null,
    pid: null,
    message: "",
    exit: null,
    ongoing: 0,
    rssBytes: null,
  };
}

/** The record as the plan sees it. `maxDrainMs` caps the graceful time, when the whole agent stops. */
export function observeRecord(record: ReplicaRecord, maxDrainMs: number): ObservedHost {
  const { assignment, observation } = record;
  return {
    member: record.member,
    stage: observation.stage,
    origin: record.origin,
    hasProcess: record.host !== null,
    isConnected: record.connection !== null,
    sinceMs: record.sinceMs,
    spawnedAtMs: record.spawnedAtMs,
    drainSinceMs: record.drainSinceMs,
    wasReady: observation.stageTimes.ready !== undefined,
    isKilled: record.ending !== null,
    endedAtMs: record.endedAtMs,
    probeFailures: record.health.failures,
    probeMessage: record.health.message,
    rssBytes: observation.rssBytes,
    memoryLimitBytes: record.isCaged ? 0 : assignment.memoryBytes,
    startupTimeoutMs: (assignment.process?.startup_timeout_s ?? 0) * 1000,
    gracefulShutdownTimeoutMs: Math.min(assignment.gracefulShutdownTimeoutS * 1000, maxDrainMs),
    lightConfig: record.lightConfig,
    reconfiguringSinceMs: record.reconfiguringSinceMs,
    refusal: record.refusal,
  };
}
