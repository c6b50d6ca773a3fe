/**
 * `prisma generate` without a download: the client needs no schema engine, but the command line wants one to exist, so
 * it is pointed at an executable that is there. An engine given by the environment is kept.
 */
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const { status, error } = spawnSync(process.execPath, [require.resolve("prisma/build/index.js"), "generate"], {
  cwd: path.resolve(import.meta.dirname, ".."),
  stdio: "inherit",
  env: {
    ...process.env,
    CHECKPOINT_DISABLE: "1",
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? process.execPath,
  },
});
if (error !== undefined) throw error;
process.exitCode = status ?? 1;
