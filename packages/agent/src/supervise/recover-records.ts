import { describeExit, isEnded } from "@sluice/domain";
import type { ExitFact } from "@sluice/domain";
import { endFamily } from "../host/end-family.ts";
import { readErrorLine } from "../host/error-line.ts";
import { isProcessAlive } from "../host/process-facts.ts";
import { describeKernelEnd } from "../memory/describe-memory-end.ts";
import type { MemoryCages } from "../memory/memory-cages.ts";
import type { ReplicaFiles, SavedReplica } from "../host/replica-files.ts";
import { blankObservation, createRecord } from "./replica-record.ts";
import type { ReplicaRecord } from "./replica-record.ts";

/**
 * What an earlier life of the agent left on disk. Live processes are `found` and keep the stage they were last seen in, so
 * that a restart of the agent changes nothing for anybody; what died meanwhile is failed; what had ended stays ended, so
 * that it is never started again under its id.
 */
export async function recoverRecords(
  files: ReplicaFiles,
  cages: Pick<MemoryCages, "isHeld" | "wasEndedForMemory" | "release">,
  nowMs: number,
): Promise<ReplicaRecord[]> {
  const saved = await files.load();
  const records = await Promise.all(saved.map((replica) => recoverOne(replica, { files, cages, nowMs })));
  return records.filter((record) => record !== null);
}

interface RecoverPorts {
  readonly files: ReplicaFiles;
  readonly cages: Pick<MemoryCages, "isHeld" | "wasEndedForMemory" | "release">;
  readonly nowMs: number;
}

async function recoverOne(saved: SavedReplica, { files, cages, nowMs }: RecoverPorts): Promise<ReplicaRecord | null> {
  const { member, assignment, host } = saved;
  // Without an assignment no process was started: there is nothing to take over.
  if (assignment === undefined) return null;
  const observation = saved.observation ?? blankObservation(assignment, nowMs);
  const record: ReplicaRecord = {
    ...createRecord(assignment, nowMs),
    observation,
    origin: "found",
    isCaged: cages.isHeld(member),
  };
  if (isEnded(observation.stage)) return { ...record, endedAtMs: nowMs };
  if (host !== undefined && isProcessAlive(host, files.assignmentPath(member))) {
    return { ...record, host, observation: { ...observation, pid: host.pid } };
  }
  // Its program ended with it; what that had started may still be there.
  if (assignment.runtime === "process") endFamily(files, member);
  const exit: ExitFact = { code: null, signal: null, lastErrorLine: await readErrorLine(files.stderrPath(member)) };
  const wasDraining = observation.stage === "draining";
  const stage = wasDraining ? "stopped" : "failed";
  const isOverMemory = cages.wasEndedForMemory(member);
  cages.release(member);
  const how = isOverMemory ? describeKernelEnd(assignment.memoryBytes) : describeExit(exit);
  const message =
    host === undefined
      ? "The agent was restarted in the moment it started this replica."
      : `${how} (while the agent was away)`;
  return {
    ...record,
    endedAtMs: nowMs,
    observation: {
      ...observation,
      stage,
      stageTimes: { ...observation.stageTimes, [stage]: nowMs },
      message,
      exit,
      address: null,
      pid: null,
    },
  };
}
