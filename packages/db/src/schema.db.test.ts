import { expect, it } from "vitest";
import pg from "pg";
import { testDatabase } from "@sluice/testkit";
import { readSchemaColumns, readSchemaForeignKeys, readSchemaIndexes } from "../test/read-schema.ts";

interface Column {
  table_name: string;
  column_name: string;
  data_type: string;
  is_nullable: "YES" | "NO";
}

it("gives a migrated database exactly the tables, columns, types and nullability of the schema", async () => {
  await using database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<Column>(
      `SELECT table_name, column_name, CASE data_type WHEN 'ARRAY' THEN udt_name ELSE data_type END AS data_type, is_nullable
       FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> '_prisma_migrations'`,
    );
    const migrated = rows.map(
      (row) => `${row.table_name}.${row.column_name} ${row.data_type}${row.is_nullable === "YES" ? " null" : ""}`,
    );
    const declared = readSchemaColumns();
    expect(declared.length).toBeGreaterThan(200);
    expect(migrated.sort()).toEqual(declared.sort());
  } finally {
    await client.end();
  }
});

it("gives a migrated database exactly the primary keys, unique keys and indexes of the schema", async () => {
  await using database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string }>(
      `SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' AND tablename <> '_prisma_migrations'`,
    );
    expect(rows.map((row) => row.name).sort()).toEqual(readSchemaIndexes().sort());
  } finally {
    await client.end();
  }
});

it("gives a migrated database a foreign key for each relation of the schema, and they cascade as declared", async () => {
  await using database = await testDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const { rows } = await client.query<{ name: string; rule: string }>(
      `SELECT constraint_name AS name, delete_rule AS rule FROM information_schema.referential_constraints`,
    );
    expect(rows.map((row) => `${row.name} ${row.rule}`).sort()).toEqual(readSchemaForeignKeys().sort());
  } finally {
    await client.end();
  }
});
