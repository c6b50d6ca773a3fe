/**
 * Everything that a program started, however deep, also what left its parents: found by an environment variable that
 * children inherit and by the session the program leads. Either alone has holes: some programs overwrite the memory that
 * /proc/<pid>/environ shows (setproctitle), some start a session of their own.
 */
import { readFileSync } from "node:fs";
import { listPids, readProcStat } from "./proc-stat.ts";

/** Environment variable that marks a family; its value must be unique on the machine. */
export const familyMarkName = "SLUICE_PROCESS_MARK";

export interface ProcessFamily {
  readonly mark: string;
  /** The program that leads the family's session; null when it is not known. */
  readonly leader: { readonly pid: number; readonly startTicks: number } | null;
}

/** Pids of the living members. Looks at every process of the machine: for ends and starts, not for every second. */
export function findFamily({ mark, leader }: ProcessFamily): number[] {
  return listPids().filter((pid) => {
    if (pid === process.pid) return false;
    const stat = readProcStat(pid);
    if (stat === null || stat.state === "Z" || stat.state === "X") return false;
    // A pid is not given out again while it names a session, and members are never older than their leader.
    if (leader !== null && stat.session === leader.pid && stat.startTicks >= leader.startTicks) return true;
    return hasMark(pid, mark);
  });
}

/**
 * Ends all members, and those that they started meanwhile, with SIGKILL. Synchronous, so that it can be the last thing a
 * process does. Answers how many it signalled.
 */
export function killFamily(family: ProcessFamily): number {
  const killed = new Set<number>();
  // A member that forks while it is looked for shows up in the next round.
  for (let round = 0; round < maxRounds; round += 1) {
    const members = findFamily(family).filter((pid) => !killed.has(pid));
    if (members.length === 0) break;
    for (const pid of members) {
      killed.add(pid);
      signalOne(pid, "SIGKILL");
    }
  }
  return killed.size;
}

/** Signals all members there are. */
export function signalFamily(family: ProcessFamily, signal: NodeJS.Signals): void {
  for (const pid of findFamily(family)) signalOne(pid, signal);
}

const maxRounds = 20;

function signalOne(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    // Ended by itself, or belongs to somebody else by now.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

function hasMark(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0").includes(`${familyMarkName}=${mark}`);
  } catch {
    // Gone, or another user's.
    return false;
  }
}
