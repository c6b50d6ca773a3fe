import { readdirSync, readFileSync } from "node:fs";

/** What /proc/<pid>/stat says that names a process and those it belongs to. */
export interface ProcStat {
  /** `Z` and `X` are dead. */
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  /** Start time in clock ticks since boot; with the pid it names a process beyond doubt. */
  readonly startTicks: number;
}

/** Null when the process is gone, or where there is no /proc. */
export function readProcStat(pid: number): ProcStat | null {
  try {
    return parseProcStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}

/** The command name, field 2, may hold spaces and brackets: the last bracket ends it. */
export function parseProcStat(text: string): ProcStat | null {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [parent, session, startTicks] = [Number(fields[1]), Number(fields[3]), Number(fields[19])];
  const [state] = fields;
  return state === undefined || !Number.isFinite(startTicks) ? null : { state, parent, session, startTicks };
}

/** Pids of all processes; empty where there is no /proc. */
export function listPids(): number[] {
  try {
    return readdirSync("/proc").map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}
