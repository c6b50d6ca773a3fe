/** A throwaway Postgres with a migrated template database. */
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

export const TEMPLATE_DATABASE = "sluice_template";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../../../prisma/migrations");
const PREFIX = "sluice-test-pg-";

export interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Without `isDurable` nothing is kept through a crash, which is quicker; with it Postgres writes as it does in production. */
export async function startTestServer({ isDurable = false } = {}): Promise<TestServer> {
  await removeLeftovers();
  const dataDir = await mkdtemp(path.join(tmpdir(), PREFIX));
  const home = settlePostgresHome(dataDir);
  await initialisePostgres({ home, isThrowaway: !isDurable });
  const postgres = await startPostgres({ home, isThrowaway: !isDurable });
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
