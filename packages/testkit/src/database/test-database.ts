import { randomBytes } from "node:crypto";
import { createDatabase, dropDatabase } from "@sluice/db";
import { inject } from "vitest";
import { TEMPLATE_DATABASE } from "./test-server.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Any database of the test server, as a user who may create others. */
    testPostgresUrl: string;
  }
}

export interface TestDatabase extends AsyncDisposable {
  /** Connection string, for stores and for processes. */
  readonly url: string;
}

/**
 * A database of its own with all migrations applied and no rows but theirs: `await using database = await testDatabase()`.
 * Works in `*.db.test.ts` and `*.process.test.ts`.
 */
export async function testDatabase(): Promise<TestDatabase> {
  const serverUrl = inject("testPostgresUrl");
  const name = `test_${randomBytes(8).toString("hex")}`;
  await createDatabase(serverUrl, name, TEMPLATE_DATABASE);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return { url: url.href, [Symbol.asyncDispose]: () => dropDatabase(serverUrl, name) };
}
