/** Installs the packages of the lock file when node_modules does not hold exactly them. */
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { LaunchError } from "./fail.mjs";
import { runStep } from "./progress.mjs";
import { runCommand } from "./run-command.mjs";

/** The repository root. */
export const ROOT = path.resolve(import.meta.dirname, "../../..");

/**
 * Compares the lock file with the copy npm leaves in node_modules once an installation is complete. Packages that are
 * optional for this platform may be absent.
 * @param {{ packages: Record<string, { version?: string, optional?: boolean, link?: boolean }> }} wanted
 * @param {{ packages: Record<string, { version?: string }> } | undefined} installed
 * @returns {string | undefined} why an installation is needed
 */
export function judgeInstallation(wanted, installed) {
  if (installed === undefined) return "node_modules is missing or incomplete";
  for (const [place, entry] of Object.entries(wanted.packages)) {
    if (!place.includes("node_modules/") || entry.optional === true) continue;
    const found = installed.packages[place];
    if (found === undefined) return `${place} is not installed`;
    if (found.version !== entry.version) return `${place} is ${found.version}, the lock file says ${entry.version}`;
  }
  return undefined;
}

/** @param {string} file */
const readJson = (file) => (existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {{ command: string, args: string[] }} npm as the one that started us, else the one in PATH
 */
function findNpm(env) {
  const script = env.npm_execpath;
  if (script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script)) {
    return { command: process.execPath, args: [script] };
  }
  return { command: "npm", args: [] };
}

/** @returns {string | undefined} why an installation is needed */
function findWhy() {
  const lock = readJson(path.join(ROOT, "package-lock.json"));
  if (lock === undefined)
    throw new LaunchError("package-lock.json is missing: this is not a complete copy of Sluice; clone it again.");
  return judgeInstallation(lock, readJson(path.join(ROOT, "node_modules/.package-lock.json")));
}

export const isInstalled = () => findWhy() === undefined;

/** @returns {Promise<number>} seconds spent */
export async function installWhenNeeded() {
  const why = findWhy();
  if (why === undefined) return 0;
  const npm = findNpm(process.env);
  const { seconds } = await runStep(`installing packages (${why})`, async () => {
    const args = [...npm.args, "ci", "--include=dev", "--no-audit", "--no-fund", "--loglevel=error"];
    // The CPU library of ONNX Runtime is in its package; its install script would fetch GPU providers.
    const env = { ...process.env, ONNXRUNTIME_NODE_INSTALL: "skip", NODE_ENV: "development" };
    const { code, output } = await runCommand(npm.command, args, { cwd: ROOT, env }).catch((error) => {
      if (error.code === "ENOENT") {
        throw new LaunchError(
          "npm was not found: install Node together with npm from https://nodejs.org, then run this again.",
        );
      }
      throw error;
    });
    if (code !== 0) throw new LaunchError(explainFailedInstall(output, code));
  });
  return seconds;
}

/**
 * @param {string} output
 * @param {number | null} code
 */
export function explainFailedInstall(output, code) {
  if (/ENOSPC/.test(output)) return "the disk is full: packages need about 1.5 GB; free some space and run this again.";
  if (/EACCES|EPERM/.test(output)) {
    return `no permission to write ${path.join(ROOT, "node_modules")}: run as the user who owns this folder.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ECONNRESET/.test(output)) {
    return "the package registry cannot be reached: check the network or `npm config get registry`, then run this again.";
  }
  const lines = output
    .trim()
    .split("\n")
    .filter((line) => line.trim() !== "");
  return `npm ci ended with code ${code}: ${lines.slice(-3).join(" | ")}`;
}
