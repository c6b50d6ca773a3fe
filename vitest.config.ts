import { defineConfig } from "vitest/config";

const EXCLUDE = ["**/node_modules/**", "**/dist/**", "**/.next/**", "e2e/**", ".cache/**"];
const SCRIBBLE = "packages/testkit/src/scribble-over-reads.ts";
const POSTGRES = "packages/testkit/src/database/global-setup.ts";

/**
 * Three kinds of tests, told apart by file name: `*.test.ts` is pure and fast, `*.db.test.ts` needs Postgres,
 * `*.process.test.ts` starts processes or sockets. The test Postgres starts only when a file of the last two runs.
 */
export default defineConfig({
  test: {
    // By default one core stays free, which on two means one file at a time; most of these tests wait for processes.
    maxWorkers: "100%",
    projects: [
      {
        test: {
          name: "unit",
          include: ["{packages,apps}/**/*.test.{ts,tsx}"],
          exclude: [...EXCLUDE, "**/*.db.test.ts", "**/*.process.test.ts"],
        },
      },
      {
        test: {
          name: "db",
          include: ["{packages,apps}/**/*.db.test.ts"],
          exclude: EXCLUDE,
          setupFiles: [SCRIBBLE],
          globalSetup: [POSTGRES],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "process",
          include: ["{packages,apps}/**/*.process.test.ts"],
          exclude: EXCLUDE,
          setupFiles: [SCRIBBLE],
          globalSetup: [POSTGRES],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
