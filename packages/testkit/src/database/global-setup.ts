/**
 * One throwaway Postgres for a whole test run, with a migrated template database that `testDatabase()` copies. Vitest calls
 * this once per project that needs it; the projects share the server.
 */
import type { TestProject } from "vitest/node";
import { startTestServer, type TestServer } from "./test-server.ts";

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
