/** The embedded Postgres as a child process of ours: initialised once, started on loopback with a password, stopped in order. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { LaunchError } from "../../bin/fail.mjs";
import { judgePostgresDir, readPostgresDirFacts } from "../../bin/preflight.mjs";
import { findFreePort } from "./free-port.ts";
import { makePostgresFolder } from "./postgres-home.ts";
import type { PostgresHome } from "./postgres-home.ts";

const SUPERUSER = "sluice";
const START_TIMEOUT_MS = 60_000;
/** Fast shutdown, then immediate shutdown (recovers at the next start), then kill. */
const STOP_STEPS = [
  { signal: "SIGINT", waitMs: 15_000 },
  { signal: "SIGQUIT", waitMs: 5_000 },
  { signal: "SIGKILL", waitMs: 5_000 },
] as const;

export interface PostgresServer {
  readonly pid: number;
  readonly port: number;
  /** Address of one database of this server, with credentials. */
  url(database: string): string;
  /** Resolves when the server has ended, with the last lines it wrote. */
  readonly exited: Promise<string>;
  stop(): Promise<void>;
}

export interface PostgresOptions {
  readonly home: PostgresHome;
  /** Trades safety against a power cut for speed: for tests, whose data is thrown away. */
  readonly isThrowaway: boolean;
  /** Any free one when left out. */
  readonly port?: number;
  readonly onLine?: (line: string) => void;
}

/** Creates the cluster when there is none yet. */
export async function initialisePostgres({ home, isThrowaway }: PostgresOptions): Promise<boolean> {
  const facts = readPostgresDirFacts(home.postgresDir);
  const why = judgePostgresDir(home.postgresDir, facts);
  if (why !== undefined) throw new LaunchError(why);
  if (facts.entries.length > 0) return false;
  // Built beside its place and renamed, so that an interrupted initialisation is never taken for data.
  const unfinished = `${home.postgresDir}.new`;
  rmSync(unfinished, { recursive: true, force: true });
  makePostgresFolder(unfinished, home.user);
  const secrets = mkdtempSync(path.join(tmpdir(), "sluice-init-"));
  const passwordFile = path.join(secrets, "password");
  try {
    writeFileSync(passwordFile, home.password, { mode: 0o600 });
    if (home.user !== undefined) {
      chownSync(passwordFile, home.user.uid, home.user.gid);
      chownSync(secrets, home.user.uid, home.user.gid);
    }
    await runInitdb(home, unfinished, [
      `--username=${SUPERUSER}`,
      "--auth=scram-sha-256",
      `--pwfile=${passwordFile}`,
      "--encoding=UTF8",
      "--locale=C",
      "--no-instructions",
      ...(isThrowaway ? ["--no-sync"] : []),
    ]);
  } finally {
    rmSync(secrets, { recursive: true, force: true });
  }
  rmSync(home.postgresDir, { recursive: true, force: true });
  renameSync(unfinished, home.postgresDir);
  return true;
}

/** Starts the server and waits until it takes connections. */
export async function startPostgres({ home, isThrowaway, port = 0, onLine }: PostgresOptions): Promise<PostgresServer> {
  const ownPort = port === 0 ? await findFreePort() : port;
  const settings = {
    listen_addresses: "127.0.0.1",
    port: String(ownPort),
    // Paths of sockets are limited to about 100 bytes; loopback with a password has no such limit.
    unix_socket_directories: "",
    max_connections: "200",
    ...(isThrowaway ? { fsync: "off", synchronous_commit: "off", full_page_writes: "off" } : {}),
  };
  const child = spawnAs(home, "postgres", [
    "-D",
    home.postgresDir,
    ...Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
  ]);
  const lines = followLines(child, onLine);
  const exited = new Promise<string>((resolve) => {
    child.once("close", () => resolve(lines.slice(-3).join(" | ")));
  });
  await waitUntilReady(child, exited);
  return {
    pid: child.pid ?? 0,
    port: ownPort,
    url: (database) => `postgresql://${SUPERUSER}:${home.password}@127.0.0.1:${ownPort}/${database}`,
    exited,
    stop: () => stopChild(child, exited),
  };
}

function spawnAs(home: PostgresHome, binary: string, args: readonly string[]): ChildProcess {
  return spawn(path.join(home.binariesDir, "bin", binary), args, {
    cwd: "/",
    // A group of its own: Ctrl-C in the terminal must not reach it before its turn.
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
    env: { LC_ALL: "C", TZ: "UTC", PATH: "/usr/bin:/bin" },
    ...(home.user === undefined ? {} : { uid: home.user.uid, gid: home.user.gid }),
  });
}

async function runInitdb(home: PostgresHome, dir: string, args: readonly string[]): Promise<void> {
  const child = spawnAs(home, "initdb", ["-D", dir, ...args]);
  const lines = followLines(child, undefined);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code === 0) return;
  const output = lines.join(" | ");
  if (/No space left/.test(output))
    throw new LaunchError(`the disk is full at ${dir}: free some space and run this again.`);
  if (/user does not exist/.test(output)) {
    throw new LaunchError("Postgres needs a user with a name: this user id is not in /etc/passwd; run as one that is.");
  }
  throw new LaunchError(`the database could not be created in ${dir}: ${lines.slice(-3).join(" | ")}`);
}

/** Collects the last lines of both streams. */
function followLines(child: ChildProcess, onLine: ((line: string) => void) | undefined): string[] {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    let rest = "";
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      const parts = (rest + chunk).split("\n");
      rest = parts.pop() ?? "";
      for (const line of parts.filter((part) => part.trim() !== "")) {
        lines.push(line);
        if (lines.length > 50) lines.shift();
        onLine?.(line);
      }
    });
  }
  return lines;
}

async function waitUntilReady(child: ChildProcess, exited: Promise<string>): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new LaunchError(`Postgres was not ready within ${START_TIMEOUT_MS / 1000} s.`)),
      START_TIMEOUT_MS,
    );
    child.stderr?.on("data", (chunk: string) => {
      if (!chunk.includes("ready to accept connections")) return;
      clearTimeout(timer);
      resolve();
    });
    child.once("error", (error) => reject(new LaunchError(`Postgres cannot be started: ${error.message}`)));
    void exited.then((last) => {
      clearTimeout(timer);
      reject(new LaunchError(`Postgres ended while starting: ${last}`));
    });
  });
  try {
    await ready;
  } catch (error) {
    child.kill("SIGKILL");
    throw error;
  }
}

async function stopChild(child: ChildProcess, exited: Promise<unknown>): Promise<void> {
  for (const { signal, waitMs } of STOP_STEPS) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill(signal);
    await Promise.race([exited, new Promise((resolve) => setTimeout(resolve, waitMs).unref())]);
  }
}

/** Whether a cluster exists already, so that the caller can say what takes long. */
export const hasCluster = (home: PostgresHome): boolean => existsSync(path.join(home.postgresDir, "PG_VERSION"));
