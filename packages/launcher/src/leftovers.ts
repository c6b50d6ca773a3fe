/** Stops what a killed launcher left running, so that two generations never share ports, sockets or data. */
import { setTimeout as wait } from "node:timers/promises";
import { LaunchError } from "../bin/fail.mjs";
import { readLaunchRecord } from "../bin/launch-lock.mjs";
import { isRunning } from "../bin/process-identity.mjs";
import type { ProcessIdentity } from "../bin/process-identity.mjs";

const POLL_MS = 50;
/** Long enough for an agent to drain its replicas. */
const TERM_WAIT_MS = 20_000;
const KILL_WAIT_MS = 5_000;

/** Returns the names of the processes it stopped, in the order of the record, which is the order of stopping. */
export async function stopLeftovers(dataDir: string): Promise<readonly string[]> {
  const leftovers = (readLaunchRecord(dataDir)?.children ?? []).filter(isRunning);
  for (const child of leftovers) {
    // Postgres takes SIGINT as "stop now, in order"; to SIGTERM it would wait for every client.
    signal(child, child.name === "postgres" ? "SIGINT" : "SIGTERM");
    if (await endsWithin(child, TERM_WAIT_MS)) continue;
    signal(child, "SIGKILL");
    if (await endsWithin(child, KILL_WAIT_MS)) continue;
    throw new LaunchError(
      `${child.name} of an earlier run (process ${child.pid}) cannot be stopped: end it, then run this again.`,
    );
  }
  return leftovers.map((child) => child.name);
}

async function endsWithin(child: ProcessIdentity, timeoutMs: number): Promise<boolean> {
  for (const deadline = Date.now() + timeoutMs; Date.now() < deadline; await wait(POLL_MS)) {
    if (!isRunning(child)) return true;
  }
  return !isRunning(child);
}

function signal(child: ProcessIdentity, name: NodeJS.Signals): void {
  try {
    process.kill(child.pid, name);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EPERM") {
      throw new LaunchError(
        `${child.name} of an earlier run (process ${child.pid}) belongs to another user: end it, then run this again.`,
      );
    }
    if (code !== "ESRCH") throw error;
  }
}
