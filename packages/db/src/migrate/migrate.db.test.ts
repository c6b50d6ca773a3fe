import pg from "pg";
import { expect, it } from "vitest";
import { testDatabase } from "@sluice/testkit";
import { migrate } from "./migrate.ts";
import path from "node:path";

const MIGRATIONS = path.resolve(import.meta.dirname, "../../../../prisma/migrations");

it("finds nothing to do on a migrated database", async () => {
  await using database = await testDatabase();
  expect(await migrate({ databaseUrl: database.url, migrationsDir: MIGRATIONS })).toEqual([]);
});

it("lets two callers run at once and applies each migration once", async () => {
  await using database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await client.end();
  const both = await Promise.all([1, 2].map(() => migrate({ databaseUrl: database.url, migrationsDir: MIGRATIONS })));
  expect(both.map((names) => names.length).sort()).toEqual([0, both[0]!.length + both[1]!.length]);
  expect(both.flat().length).toBeGreaterThan(0);
});
