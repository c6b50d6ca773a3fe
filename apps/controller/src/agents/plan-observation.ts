import type { ReplicaObservation } from "@sluice/contracts";
import type { Replica, ReplicaChange } from "@sluice/db";
import { eventOfReport, isEnded, nextReplicaStage } from "@sluice/domain";

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
  const stageTimes = {
    ...replica.stageTimes,
    ...observed.stageTimes,
    [stage]: observed.stageTimes[stage] ?? replica.stageTimes[stage] ?? nowMs,
  };
  const isSameStage = stage === replica.stage;
  const message =
    stage === observed.stage && !(isSameStage && observed.message === "") ? observed.message : replica.message;
  const rssChanged = Math.abs((observed.rssBytes ?? 0) - (replica.rssBytes ?? 0)) >= rssStepBytes;
  if (
    isSameStage &&
    message === replica.message &&
    observed.pid === replica.pid &&
    JSON.stringify(observed.address) === JSON.stringify(replica.address) &&
    observed.ongoing === replica.ongoing &&
    !rssChanged &&
    Object.keys(stageTimes).length === Object.keys(replica.stageTimes).length
  ) {
    return null;
  }
  return {
    stage,
    stageTimes,
    message,
    address: observed.address,
    pid: observed.pid,
    exit: observed.exit,
    ongoing: observed.ongoing,
    rssBytes: observed.rssBytes,
    ...(isEnded(stage) ? { endedAtMs: nowMs } : {}),
  };
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
