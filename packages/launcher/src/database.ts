/** The database of a launch: the embedded Postgres or the one that DATABASE_URL names, migrated. */
import path from "node:path";
import { createDatabase, migrate } from "@sluice/db";
import { LaunchError } from "../bin/fail.mjs";
import { runStep } from "../bin/progress.mjs";
import type { LaunchSettings } from "../bin/settings.mjs";
import { settlePostgresHome } from "./postgres/postgres-home.ts";
import { hasCluster, initialisePostgres, startPostgres } from "./postgres/start-postgres.ts";
import { renderLine } from "./processes/log-line.ts";
import type { RunningSystem } from "./system.ts";

const DATABASE = "sluice";

/** Brings the database up, within `system`, and returns its address. */
export async function openDatabase(
  root: string,
  settings: LaunchSettings,
  system: RunningSystem,
  print: (line: string) => void,
): Promise<string> {
  const databaseUrl = settings.databaseUrl ?? (await openEmbedded(settings.dataDir, system, print));
  try {
    const applied = await migrate({ databaseUrl, migrationsDir: path.join(root, "prisma/migrations") });
    for (const name of applied) print(renderLine("postgres", `migration ${name} applied`));
  } catch (error) {
    throw new LaunchError(explainDatabaseError(error, settings.databaseUrl !== undefined));
  }
  return databaseUrl;
}

async function openEmbedded(dataDir: string, system: RunningSystem, print: (line: string) => void): Promise<string> {
  const home = settlePostgresHome(dataDir);
  if (!hasCluster(home)) await runStep("creating the database", () => initialisePostgres({ home, isThrowaway: false }));
  const onLine = (line: string): void => {
    // Its everyday lines are for the curious; what went wrong is for all.
    if (/\b(ERROR|FATAL|PANIC|WARNING):/.test(line)) print(renderLine("postgres", line));
  };
  const server = await system.startPostgres((port) =>
    startPostgres({ home, isThrowaway: false, onLine, ...(port === undefined ? {} : { port }) }),
  );
  await createDatabase(server.url("postgres"), DATABASE);
  return server.url(DATABASE);
}

/** One line for what went wrong with the database; never its address, which holds a password. Pure. */
export function explainDatabaseError(error: unknown, isOutside: boolean): string {
  const code = typeof error === "object" && error !== null && "code" in error ? String(error.code) : "";
  const message = error instanceof Error ? error.message : String(error);
  const where = isOutside ? "the Postgres of DATABASE_URL" : "the embedded Postgres";
  const unreachable = ["ECONNREFUSED", "ENOTFOUND", "ETIMEDOUT", "EHOSTUNREACH", "EAI_AGAIN"];
  if (unreachable.includes(code)) return `${where} cannot be reached (${code}): check its address and that it runs.`;
  if (code === "28P01" || code === "28000") return `${where} refuses this user or password: check DATABASE_URL.`;
  if (code === "3D000") return `${where} has no such database: create it, then run this again.`;
  return `${where} cannot be used: ${message}`;
}
