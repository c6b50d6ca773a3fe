/**
 * `npm test`: unit, database and process tests (vitest), then browser tests (Playwright). The last line is
 * `N passed, N failed`; a suite that crashes or runs nothing counts as one failure.
 */
import { spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { printFailure } from "./fail.mjs";
import { generateWhenStale } from "./generate.mjs";
import { ROOT, installWhenNeeded } from "./install.mjs";
import { countPlaywright, countVitest } from "./test-counts.mjs";

const REPORTS = path.join(ROOT, ".cache/test");

const SUITES = [
  {
    name: "unit, database and process tests",
    report: path.join(REPORTS, "vitest.json"),
    script: "node_modules/vitest/vitest.mjs",
    args: ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${path.join(REPORTS, "vitest.json")}`],
    count: countVitest,
  },
  {
    name: "browser tests",
    report: path.join(REPORTS, "playwright.json"),
    script: "node_modules/@playwright/test/cli.js",
    args: ["test", "--config=e2e"],
    count: countPlaywright,
  },
];

/** @param {typeof SUITES[number]} suite */
async function runSuite({ name, report, script, args, count }) {
  const startedAt = Date.now();
  rmSync(report, { force: true });
  console.log(`\n== ${name}`);
  const child = spawn(process.execPath, [path.join(ROOT, script), ...args], {
    cwd: ROOT,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, PLAYWRIGHT_JSON_OUTPUT_NAME: report, NEXT_TELEMETRY_DISABLED: "1" },
  });
  /** @type {number | null} */
  const exitCode = await new Promise((resolve) => {
    child.once("error", () => resolve(null));
    child.once("close", resolve);
  });
  const text = existsSync(report) ? readFileSync(report, "utf8") : undefined;
  const result = count(text, exitCode);
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(0);
  console.log(`== ${name}: ${result.passed} passed, ${result.failed} failed, ${result.skipped} skipped, ${seconds} s`);
  for (const remark of result.remarks) console.log(`   ${remark}`);
  return result;
}

let passed = 0;
let failed = 0;
try {
  await installWhenNeeded();
  await generateWhenStale();
  mkdirSync(REPORTS, { recursive: true });
  for (const suite of SUITES) {
    const result = await runSuite(suite);
    passed += result.passed;
    failed += result.failed;
  }
} catch (error) {
  printFailure(error);
  failed += 1;
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
