import { memberName } from "@sluice/contracts";
import type { Assignment } from "@sluice/contracts";
import type { ReplicaStage } from "@sluice/domain";
import { describeMemoryUse } from "../memory/describe-memory-end.ts";
import { unhealthyThreshold } from "./health.ts";

/** One member of a replica as this agent knows it. */
export interface ObservedHost {
  /** Its name, see `memberName`. */
  readonly member: string;
  readonly stage: ReplicaStage;
  /** `found`: started by an earlier life of the agent, not yet back on its socket. */
  readonly origin: "started" | "found";
  readonly hasProcess: boolean;
  readonly isConnected: boolean;
  /** Start of the preparation, or the moment it was found. */
  readonly sinceMs: number;
  readonly spawnedAtMs: number | null;
  readonly drainSinceMs: number | null;
  readonly wasReady: boolean;
  readonly isKilled: boolean;
  readonly endedAtMs: number | null;
  readonly probeFailures: number;
  readonly probeMessage: string;
  readonly rssBytes: number | null;
  /** Of its assignment; 0 = none, or the kernel enforces it. */
  readonly memoryLimitBytes: number;
  /** Budget of its own that the host watches; 0 = none. The agent gives it a little more before it steps in. */
  readonly startupTimeoutMs: number;
  readonly gracefulShutdownTimeoutMs: number;
  /** What it was last configured with, see {@link lightConfigOf}. */
  readonly lightConfig: string;
  /** Since when its process has new settings that it has not answered yet. */
  readonly reconfiguringSinceMs: number | null;
  /** It refused new settings, and ends by itself when what runs in it is done. */
  readonly refusal: { readonly atMs: number; readonly reason: string } | null;
}

export interface SupervisionLimits {
  readonly startTimeoutMs: number;
  /** Beyond a replica's own start-up budget, which its host watches. */
  readonly startupSlackMs: number;
  /** A found host has this long to redial. */
  readonly redialGraceMs: number;
  /** Beyond the replica's own graceful time. */
  readonly drainSlackMs: number;
  /** Nothing runs in a replica that was not ready: it ends sooner. */
  readonly unreadyDrainMs: number;
  /** Ended replicas stay this long, so that their end is reported. */
  readonly keepEndedMs: number;
}

export const supervisionLimits: SupervisionLimits = {
  startTimeoutMs: 600_000,
  startupSlackMs: 30_000,
  redialGraceMs: 15_000,
  drainSlackMs: 2_000,
  unreadyDrainMs: 5_000,
  keepEndedMs: 5_000,
};

export type SupervisionAction =
  | { readonly kind: "start"; readonly assignment: Assignment; readonly reason: string }
  | { readonly kind: "adopt"; readonly member: string; readonly reason: string }
  /** New light settings for a running process. */
  | { readonly kind: "reconfigure"; readonly assignment: Assignment; readonly reason: string }
  /** Give no new work, finish, exit. `message` over the link, `signal` when there is none, `cancel` before a process exists. */
  | {
      readonly kind: "drain";
      readonly member: string;
      readonly via: "message" | "signal" | "cancel";
      readonly reason: string;
    }
  /** End it now. `outcome` is the stage its end is reported as. */
  | {
      readonly kind: "kill";
      readonly member: string;
      readonly outcome: "failed" | "stopped";
      readonly reason: string;
    }
  | { readonly kind: "forget"; readonly member: string; readonly reason: string };

/** The settings that change without a restart, as one comparable text. */
export function lightConfigOf(assignment: Assignment): string {
  const { configVersion, userConfig, maxOngoingRequests, poolId, revision } = assignment;
  const { healthCheckPeriodS, healthCheckTimeoutS, gracefulShutdownWaitLoopS, gracefulShutdownTimeoutS } = assignment;
  const times = [healthCheckPeriodS, healthCheckTimeoutS, gracefulShutdownWaitLoopS, gracefulShutdownTimeoutS];
  return JSON.stringify([configVersion, userConfig ?? null, maxOngoingRequests, poolId, revision, ...times]);
}

/**
 * What has to be done so that exactly the assigned replicas run. Level-triggered: applying the plan and planning again
 * gives nothing new. A replica that ended is never started again under its id; the controller makes a new one.
 */
export function planSupervision(
  assignments: readonly Assignment[],
  hosts: readonly ObservedHost[],
  nowMs: number,
  limits: SupervisionLimits = supervisionLimits,
): SupervisionAction[] {
  const known = new Set(hosts.map(({ member }) => member));
  const assigned = new Map(assignments.map((assignment) => [memberName(assignment), assignment]));
  const starts = assignments
    .filter((assignment) => assignment.desired === "run" && !known.has(memberName(assignment)))
    .map((assignment): SupervisionAction => ({ kind: "start", assignment, reason: "assigned to this node" }));
  const others = hosts.flatMap((host) => planHost(host, assigned.get(host.member), nowMs, limits) ?? []);
  // Ends first: they free memory and GPUs for the starts.
  return [...others, ...starts];
}

function planHost(
  host: ObservedHost,
  assignment: Assignment | undefined,
  nowMs: number,
  limits: SupervisionLimits,
): SupervisionAction | null {
  const { member } = host;
  if (host.endedAtMs !== null) {
    const isDue = assignment === undefined && nowMs - host.endedAtMs >= limits.keepEndedMs;
    return isDue ? { kind: "forget", member, reason: "ended and no longer assigned" } : null;
  }
  if (host.isKilled) return null;
  if (host.drainSinceMs !== null) return planDraining(host, host.drainSinceMs, nowMs, limits);
  if (assignment?.desired !== "run") {
    const reason = assignment === undefined ? "no longer assigned to this node" : "the controller asked to drain it";
    const via = !host.hasProcess ? "cancel" : host.isConnected ? "message" : "signal";
    return { kind: "drain", member, via, reason };
  }
  const failure = judgeRunning(host, nowMs, limits);
  if (failure !== null) return { kind: "kill", member, outcome: "failed", reason: failure };
  if (host.origin === "found" && host.isConnected)
    return { kind: "adopt", member, reason: "its process survived a restart of the agent" };
  if (host.isConnected && host.lightConfig !== lightConfigOf(assignment))
    return { kind: "reconfigure", assignment, reason: "its settings changed" };
  return null;
}

function planDraining(
  host: ObservedHost,
  sinceMs: number,
  nowMs: number,
  limits: SupervisionLimits,
): SupervisionAction | null {
  const limitMs = host.wasReady ? host.gracefulShutdownTimeoutMs + limits.drainSlackMs : limits.unreadyDrainMs;
  if (!host.hasProcess || nowMs - sinceMs < limitMs) return null;
  return {
    kind: "kill",
    member: host.member,
    outcome: "stopped",
    reason: `not drained within ${seconds(limitMs)}`,
  };
}

/** Why a replica that should run must be ended, or null. */
function judgeRunning(host: ObservedHost, nowMs: number, limits: SupervisionLimits): string | null {
  if (!host.hasProcess) return null;
  if (host.origin === "found" && !host.isConnected) {
    return nowMs - host.sinceMs >= limits.redialGraceMs
      ? `did not come back to the restarted agent within ${seconds(limits.redialGraceMs)}`
      : null;
  }
  if (host.memoryLimitBytes > 0 && host.rssBytes !== null && host.rssBytes > host.memoryLimitBytes) {
    return describeMemoryUse(host.rssBytes, host.memoryLimitBytes);
  }
  const { refusal, reconfiguringSinceMs } = host;
  if (refusal !== null)
    return nowMs - refusal.atMs >= host.gracefulShutdownTimeoutMs + limits.drainSlackMs ? refusal.reason : null;
  if (reconfiguringSinceMs !== null && nowMs - reconfiguringSinceMs >= limits.startTimeoutMs)
    return `reconfigure() did not end within ${seconds(limits.startTimeoutMs)}`;
  if (host.stage === "ready") {
    return host.probeFailures >= unhealthyThreshold
      ? `${host.probeFailures} health checks failed in a row: ${host.probeMessage}`
      : null;
  }
  const startedMs = host.spawnedAtMs ?? host.sinceMs;
  const ownMs = host.startupTimeoutMs === 0 ? 0 : host.startupTimeoutMs + limits.startupSlackMs;
  const limitMs = Math.max(limits.startTimeoutMs, ownMs);
  if (nowMs - startedMs < limitMs) return null;
  const last = host.probeMessage === "" ? "" : ` (${host.probeMessage})`;
  return `not ready within ${seconds(limitMs)}, still ${host.stage}${last}`;
}

function seconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
