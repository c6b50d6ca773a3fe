/** Processes of peers: started here, told apart by pid, stopped by pid. */
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { createInterface, type Interface } from "node:readline";

export interface PeerProcess extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly pid: number;
  /** The next line on stdout; fails when the process ends first. */
  nextLine(): Promise<string>;
  /** What it wrote to stderr, the last of it. */
  readonly complaints: () => string;
}

const stopAfterMs = 15_000;

export function startProcess(command: string, args: readonly string[], options: SpawnOptions = {}): PeerProcess {
  const child = spawn(command, [...args], { stdio: ["pipe", "pipe", "pipe"], ...options });
  const { stdout, stderr, pid } = child;
  if (stdout === null || stderr === null || pid === undefined) throw new Error(`${command} could not be started`);
  let complaints = "";
  stderr.setEncoding("utf8").on("data", (text: string) => (complaints = (complaints + text).slice(-4000)));
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => resolve());
    child.on("error", () => resolve());
  });
  const lines: Interface = createInterface({ input: stdout });
  const reader: AsyncIterator<string, undefined> = lines[Symbol.asyncIterator]();
  return {
    child,
    pid,
    complaints: () => complaints,
    nextLine: async () => {
      const { done, value } = await reader.next();
      if (done === true) throw new Error(`${command} ended with code ${String(child.exitCode)}:\n${complaints}`);
      return value;
    },
    [Symbol.asyncDispose]: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), stopAfterMs);
      await ended;
      clearTimeout(timer);
      lines.close();
    },
  };
}

/** Where a command lies on PATH, or undefined. */
export function findCommand(name: string, path: string | undefined): string | undefined {
  const places = [...(path ?? "").split(delimiter), "/usr/local/sbin", "/usr/sbin", "/sbin"];
  return places.map((place) => join(place, name)).find((file) => existsSync(file));
}

/** Waits until an HTTP server answers there at all. */
export async function waitForHttp(url: string, owner: PeerProcess, timeoutMs = 30_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  for (;;) {
    try {
      await (await fetch(url)).arrayBuffer();
      return;
    } catch (error) {
      const isGone = owner.child.exitCode !== null;
      if (isGone || performance.now() > deadlineMs) {
        throw new Error(`nothing answers at ${url}:\n${owner.complaints()}`, { cause: error });
      }
      await once(AbortSignal.timeout(50), "abort");
    }
  }
}
