/**
 * One throwaway Postgres for a whole test run, with a migrated template database that `testDatabase()` copies. Vitest calls
 * this once per project that needs it; the projects share the server.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createDatabase, migrate } from "@sluice/db";
import {
  initialisePostgres,
  isRunning,
  readLaunchRecord,
  readStartTime,
  settlePostgresHome,
  startPostgres,
  writeLaunchRecord,
} from "@sluice/launcher";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Any database of the test server, as a user who may create others. */
    testPostgresUrl: string;
  }
}

export const TEMPLATE_DATABASE = "sluice_template";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../../../prisma/migrations");
const PREFIX = "sluice-test-pg-";

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

interface Shared {
  users: number;
  readonly server: Promise<TestServer>;
}

/** Each project loads this module anew; the process is what they share. */
const holder = globalThis as { __sluiceTestPostgres?: Shared };

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const shared = (holder.__sluiceTestPostgres ??= { users: 0, server: startTestServer() });
  shared.users += 1;
  const { url } = await shared.server;
  project.provide("testPostgresUrl", url);
  return async () => {
    shared.users -= 1;
    if (shared.users > 0) return;
    delete holder.__sluiceTestPostgres;
    await (await shared.server).stop();
  };
}

async function startTestServer(): Promise<TestServer> {
  await removeLeftovers();
  const dataDir = await mkdtemp(path.join(tmpdir(), PREFIX));
  const home = settlePostgresHome(dataDir);
  await initialisePostgres({ home, isThrowaway: true });
  const postgres = await startPostgres({ home, isThrowaway: true });
  writeLaunchRecord(dataDir, [{ name: "postgres", pid: postgres.pid, startTime: readStartTime(postgres.pid) ?? "" }]);
  const stop = async (): Promise<void> => {
    await postgres.stop();
    await rm(home.postgresDir, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const url = postgres.url("postgres");
    await createDatabase(url, TEMPLATE_DATABASE);
    await migrate({ databaseUrl: postgres.url(TEMPLATE_DATABASE), migrationsDir: MIGRATIONS });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops servers of test runs that were killed before they could. */
async function removeLeftovers(): Promise<void> {
  const names = await readdir(tmpdir());
  for (const name of names.filter((entry) => entry.startsWith(PREFIX))) {
    const dataDir = path.join(tmpdir(), name);
    const record = readLaunchRecord(dataDir);
    if (record === undefined || isRunning(record.launcher)) continue;
    for (const child of record.children) if (isRunning(child)) process.kill(child.pid, "SIGKILL");
    await rm(dataDir, { recursive: true, force: true });
  }
}
