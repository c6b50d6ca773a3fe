import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** Names a process beyond doubt: a pid alone is reused. */
export interface ProcessName {
  readonly pid: number;
  /** Start time in clock ticks since boot (/proc/pid/stat field 22); 0 where there is no /proc. */
  readonly startTicks: number;
}

/** Start ticks of a live process, 0 where they cannot be read. */
export function readStartTicks(pid: number): number {
  return readStat(pid)?.startTicks ?? 0;
}

/**
 * True while exactly this process runs. A zombie is dead: in a container nobody may ever reap it.
 * Without /proc `marker`, a part of the process's command line, has to stand in for the start time.
 */
export function isProcessAlive({ pid, startTicks }: ProcessName, marker: string): boolean {
  if (process.platform === "linux") {
    const stat = readStat(pid);
    return (
      stat !== null && stat.state !== "Z" && stat.state !== "X" && (startTicks === 0 || stat.startTicks === startTicks)
    );
  }
  try {
    process.kill(pid, 0);
    return execFileSync("ps", ["-o", "command=", "-p", String(pid)], { encoding: "utf8" }).includes(marker);
  } catch {
    return false;
  }
}

/** Resident memory in bytes, null when the process is gone or cannot be asked. */
export function readRssBytes(pid: number): number | null {
  try {
    if (process.platform === "linux") {
      const kib = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
      return kib === undefined ? null : Number(kib) * 1024;
    }
    return Number(execFileSync("ps", ["-o", "rss=", "-p", String(pid)], { encoding: "utf8" })) * 1024;
  } catch {
    return null;
  }
}

/** Fields of /proc/pid/stat. The command name, field 2, may hold spaces and brackets: the last bracket ends it. */
export function parseStat(text: string): { state: string; startTicks: number } | null {
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, startTicks] = [fields[0], Number(fields[19])];
  return state === undefined || !Number.isFinite(startTicks) ? null : { state, startTicks };
}

function readStat(pid: number): { state: string; startTicks: number } | null {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return null;
  }
}
