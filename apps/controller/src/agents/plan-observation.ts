import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica, ReplicaChange } from "@sluice/db";
import { canonicalJson, eventOfReport, isEnded, nextReplicaStage } from "@sluice/domain";

/** Memory that changed by less is not worth a write. */
const rssStepBytes = 1024 * 1024;

/**
 * What an agent's word changes about a replica; null when nothing. A late or repeated report never moves it backwards, and
 * the agent's times win over ours, since it saw the stages happen.
 */
export function planObservation(replica: Replica, observed: ReplicaObservation, nowMs: number): ReplicaChange | null {
  const event = eventOfReport(observed.stage);
  if (event === null || isEnded(replica.stage)) return null;
  const stage = nextReplicaStage(replica.stage, event);
  const isSameStage = stage === replica.stage;
  // The report is of an earlier moment than what is known: its address, process and text are too.
  const isBehind = stage !== observed.stage;
  const stageTimes = {
    ...replica.stageTimes,
    ...observed.stageTimes,
    [stage]: observed.stageTimes[stage] ?? replica.stageTimes[stage] ?? nowMs,
  };
  const isTextKept = isBehind || (isSameStage && observed.message === "");
  const change: ReplicaChange = {
    stage,
    stageTimes,
    message: isTextKept ? replica.message : observed.message,
    address: isBehind ? (observed.address ?? replica.address) : observed.address,
    configVersion: observed.configVersion ?? replica.configVersion,
    pid: isBehind ? (observed.pid ?? replica.pid) : observed.pid,
    exit: isBehind ? (observed.exit ?? replica.exit) : observed.exit,
    ongoing: observed.ongoing,
    rssBytes: observed.rssBytes,
    ...(isEnded(stage) ? { endedAtMs: nowMs } : {}),
  };
  return isSameStage && !isWorthWriting(replica, change) ? null : change;
}

function isWorthWriting(replica: Replica, change: ReplicaChange): boolean {
  return (
    changesRow(replica, change) ||
    Math.round(change.ongoing ?? 0) !== replica.ongoing ||
    Math.abs((change.rssBytes ?? 0) - (replica.rssBytes ?? 0)) >= rssStepBytes
  );
}

/** Whether more changes than load and memory, which are measured all the time and written in batches. */
export function changesRow(replica: Replica, change: ReplicaChange): boolean {
  return (
    change.stage !== replica.stage ||
    change.message !== replica.message ||
    (change.pid !== undefined && change.pid !== replica.pid) ||
    (change.configVersion !== undefined && change.configVersion !== replica.configVersion) ||
    (change.address !== undefined && !isSameAddress(replica, change)) ||
    Object.keys(change.stageTimes ?? {}).length !== Object.keys(replica.stageTimes).length
  );
}

/** Whether a plan could differ after this change. Load and memory are for the screen only. */
export function isNewsForPlan(replica: Replica, change: ReplicaChange): boolean {
  return (
    change.stage !== replica.stage ||
    (change.configVersion !== undefined && change.configVersion !== replica.configVersion) ||
    (change.address !== undefined && !isSameAddress(replica, change))
  );
}

/** Canonical, because the database does not keep the order of keys. */
function isSameAddress(replica: Replica, change: ReplicaChange): boolean {
  return canonicalJson(change.address ?? null) === canonicalJson(replica.address);
}

/**
 * What a full report says by silence: a replica that had reached its node and is not in it any more is gone. One that is only
 * assigned has not been told to the agent yet.
 */
export function planMissing(replica: Replica, nowMs: number): ReplicaChange | null {
  if (isEnded(replica.stage) || replica.stage === "pending" || replica.stage === "assigned") return null;
  const stage = replica.stage === "draining" ? "stopped" : "failed";
  return {
    stage,
    stageTimes: { ...replica.stageTimes, [stage]: nowMs },
    message: stage === "failed" ? "its node's agent no longer has it" : replica.message,
    endedAtMs: nowMs,
  };
}
