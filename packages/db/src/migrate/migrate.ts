/**
 * Applies prisma/migrations without Prisma's schema engine, a binary that would have to be downloaded. Keeps Prisma's own
 * `_prisma_migrations` table, so that `prisma migrate` agrees on what is applied.
 */
import { createHash, randomUUID } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import path from "node:path";
import { SluiceError } from "@sluice/contracts";
import pg from "pg";
import { planMigrations } from "./plan-migrations.ts";
import type { AppliedMigration, MigrationFile } from "./plan-migrations.ts";

/** The advisory lock Prisma takes for the same purpose. */
const LOCK_ID = 72707369;

const HISTORY_DDL = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;

/**
 * Brings the database to the newest migration and returns the names of those applied now. Several callers may run at
 * once: an advisory lock lets one through. Each migration is one transaction together with its history row.
 */
export async function migrate(options: {
  readonly databaseUrl: string;
  readonly migrationsDir: string;
}): Promise<readonly string[]> {
  const files = await loadMigrationFiles(options.migrationsDir);
  const client = new pg.Client({ connectionString: options.databaseUrl });
  await client.connect();
  try {
    await client.query("SELECT pg_advisory_lock($1)", [LOCK_ID]);
    await client.query(HISTORY_DDL);
    const plan = planMigrations(files, await loadHistory(client));
    if (plan.kind === "refuse") {
      throw new SluiceError({ code: "database/unavailable", publicMessage: `migrations refused: ${plan.reason}` });
    }
    for (const migration of plan.pending) await applyMigration(client, migration);
    return plan.pending.map((migration) => migration.name);
  } finally {
    await client.end();
  }
}

async function loadMigrationFiles(migrationsDir: string): Promise<MigrationFile[]> {
  const folders = (await readdir(migrationsDir, { withFileTypes: true })).filter((entry) => entry.isDirectory());
  return Promise.all(
    folders.map(async ({ name }) => {
      const sql = await readFile(path.join(migrationsDir, name, "migration.sql"), "utf8");
      return { name, sql, checksum: createHash("sha256").update(sql).digest("hex") };
    }),
  );
}

async function loadHistory(client: pg.Client): Promise<AppliedMigration[]> {
  const { rows } = await client.query<{ name: string; checksum: string; finished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS finished
     FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return rows.map((row) => ({ name: row.name, checksum: row.checksum, isFinished: row.finished }));
}

async function applyMigration(client: pg.Client, migration: MigrationFile): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new SluiceError({
      code: "database/unavailable",
      publicMessage: `migration ${migration.name} failed: ${cause instanceof Error ? cause.message : String(cause)}`,
      cause,
    });
  }
}
