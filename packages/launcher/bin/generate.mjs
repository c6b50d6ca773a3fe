/** Generates the Prisma client when the schema (or Prisma itself) has changed since the last time. */
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import path from "node:path";
import { LaunchError } from "./fail.mjs";
import { ROOT } from "./install.mjs";
import { runStep } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";

const STAMP = path.join(ROOT, "packages/db/src/generated/.stamp");
const SOURCES = ["prisma/schema.prisma", "packages/db/prisma.config.ts", "node_modules/prisma/package.json"];

/** @returns {Promise<number>} seconds spent */
export async function generateWhenStale() {
  const hash = createHash("sha256");
  for (const source of SOURCES) hash.update(readFileSync(path.join(ROOT, source)));
  const wanted = hash.digest("hex");
  if (existsSync(STAMP) && readFileSync(STAMP, "utf8") === wanted) return 0;
  const { seconds } = await runStep("generating the database client", async () => {
    const script = path.join(ROOT, "packages/db/scripts/generate.mjs");
    const { code, output } = await runCommand(process.execPath, [script], { cwd: ROOT, env: process.env });
    if (code !== 0) throw new LaunchError(`prisma generate failed: ${output.trim().split("\n").slice(-5).join(" | ")}`);
    writeFileSync(STAMP, wanted);
  });
  return seconds;
}
