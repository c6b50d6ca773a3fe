/** `npm run check`: formatting, lint, types, dead code. Each step is timed; the output of a failed step is shown whole. */
import { spawn } from "node:child_process";
import path from "node:path";
import { ROOT, installWhenNeeded } from "./install.mjs";
import { generateWhenStale } from "./generate.mjs";

/** @param {string} name */
const bin = (name) => path.join(ROOT, "node_modules", name);

// Two run at a time: the long ones first, so that the short ones fill the second lane.
const STEPS = [
  { name: "lint", args: [bin("eslint/bin/eslint.js"), ".", "--max-warnings=0"] },
  { name: "types (web)", args: [bin("typescript/bin/tsc"), "-p", "apps/web"] },
  { name: "types (node)", args: [bin("typescript/bin/tsc"), "-p", "tsconfig.json"] },
  { name: "types (domain)", args: [bin("typescript/bin/tsc"), "-p", "packages/domain"] },
  { name: "dead code", args: [bin("knip/bin/knip.js"), "--no-progress"] },
  {
    name: "format",
    args: [
      bin("prettier/bin/prettier.cjs"),
      "--check",
      ".",
      "--log-level=warn",
      "--cache",
      "--cache-location=.cache/prettier",
    ],
  },
];

/** @param {{ name: string, args: string[] }} step */
async function runStep({ name, args }) {
  const startedAt = Date.now();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, FORCE_COLOR: process.stdout.isTTY ? "1" : "0", NODE_OPTIONS: "--max-old-space-size=6144" },
  });
  /** @type {Buffer[]} */
  const output = [];
  child.stdout.on("data", (chunk) => output.push(chunk));
  child.stderr.on("data", (chunk) => output.push(chunk));
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
  console.log(`${code === 0 ? "ok  " : "FAIL"} ${name.padEnd(16)} ${seconds.padStart(6)} s`);
  if (code !== 0) process.stdout.write(Buffer.concat(output));
  return code === 0;
}

await installWhenNeeded();
await generateWhenStale();
const startedAt = Date.now();
const waiting = [...STEPS];
let failed = 0;
const lane = async () => {
  for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) if (!(await runStep(step))) failed += 1;
};
await Promise.all([lane(), lane()]);
const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
console.log(
  failed === 0 ? `check passed in ${seconds} s` : `check failed: ${failed} of ${STEPS.length} steps, ${seconds} s`,
);
process.exitCode = failed === 0 ? 0 : 1;
