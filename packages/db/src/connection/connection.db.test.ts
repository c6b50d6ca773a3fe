import pg from "pg";
import { expect, it } from "vitest";
import { openTestDatabase } from "../../test/fixtures.ts";
import { defaultProjectId, listApplications, openDatabase } from "../index.ts";
import type { Tx } from "../index.ts";
import { query } from "./handle.ts";

it("answers database/unavailable when nothing listens there, for queries and transactions alike", async () => {
  const db = openDatabase({ url: "postgresql://nobody@127.0.0.1:1/none", connectTimeoutMs: 500 });
  try {
    await expect(db.ping()).rejects.toMatchObject({ name: "SluiceError", code: "database/unavailable" });
    await expect(listApplications(db, { projectId: defaultProjectId })).rejects.toMatchObject({
      code: "database/unavailable",
    });
    await expect(db.transaction((tx) => listApplications(tx, { projectId: defaultProjectId }))).rejects.toMatchObject({
      code: "database/unavailable",
    });
  } finally {
    await db.close();
  }
});

it("answers database/unavailable when the connection is terminated in a transaction, and works again after", async () => {
  await using test = await openTestDatabase();
  const killed = test.db.transaction(async (tx) => {
    await query(tx, (prisma) => prisma.$queryRaw`SELECT pg_terminate_backend(pg_backend_pid())`);
    await listApplications(tx, { projectId: defaultProjectId });
  });
  await expect(killed).rejects.toMatchObject({ code: "database/unavailable" });
  await expect(test.db.ping()).resolves.toBeUndefined();
});

it("survives the loss of an idle connection and connects again", async () => {
  await using test = await openTestDatabase();
  await test.db.ping();
  const client = new pg.Client({ connectionString: test.url });
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
  );
  await client.end();
  expect(rowCount).toBe(1);
  // The pool may learn of the loss from the first query only: that one says so, and the next works.
  await test.db.ping().catch((error: unknown) => expect(error).toMatchObject({ code: "database/unavailable" }));
  await expect(test.db.ping()).resolves.toBeUndefined();
});

it("passes errors that are not about the connection on as they are", async () => {
  await using test = await openTestDatabase();
  await expect(query(test.db, (prisma) => prisma.$queryRaw`SELECT 1 / 0`)).rejects.toThrow(/division by zero/);
});

it("refuses a handle whose transaction has ended", async () => {
  await using test = await openTestDatabase();
  let leaked: Tx | undefined;
  await test.db.transaction(async (tx) => void (leaked = tx));
  if (leaked === undefined) throw new Error("the transaction ran");
  await expect(listApplications(leaked, { projectId: defaultProjectId })).rejects.toThrow(/already closed|has ended/i);
});
