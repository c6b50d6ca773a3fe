import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { readStartTicks } from "./process-facts.ts";
import type { ProcessName } from "./process-facts.ts";

export interface StartHostOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly stdoutPath: string;
  readonly stderrPath: string;
  /** Gives the process one more descriptor, the next after its outputs, that this end can write to. */
  readonly hasOrders?: boolean;
}

/**
 * Starts a host in its own session, so that neither the agent's end nor a terminal's Ctrl-C reaches it. Its output goes
 * to files, not pipes: a pipe would break with the agent.
 */
export function startHost({ command, cwd, env, stdoutPath, stderrPath, hasOrders = false }: StartHostOptions): {
  child: ChildProcess;
  host: ProcessName | null;
} {
  const [program = process.execPath, ...args] = command;
  const opened: number[] = [];
  const open = (path: string): number => {
    const file = openSync(path, "a", 0o600);
    opened.push(file);
    return file;
  };
  try {
    const orders = hasOrders ? (["pipe"] as const) : [];
    const stdio = ["ignore" as const, open(stdoutPath), open(stderrPath), ...orders];
    const child = spawn(program, args, { cwd, env: { ...env }, detached: true, stdio });
    child.unref();
    return { child, host: child.pid === undefined ? null : { pid: child.pid, startTicks: readStartTicks(child.pid) } };
  } finally {
    for (const file of opened) closeSync(file);
  }
}

/** Signals the whole group of a host, so that what it started ends with it. False when nothing is left. */
export function signalGroup(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // EPERM: macOS says so of a group of zombies.
    if (["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) return false;
    throw error;
  }
}
