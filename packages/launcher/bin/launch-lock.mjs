/**
 * `launcher.json` in the data directory says which launcher runs from it and which processes it started. A second launcher
 * is refused; a file left by a killed one tells its successor what to stop.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { LaunchError } from "./fail.mjs";
import { isRunning, readStartTime } from "./process-identity.mjs";

/** @typedef {import("./process-identity.mjs").ProcessIdentity} ProcessIdentity */
/** @typedef {{ launcher: ProcessIdentity, children: ProcessIdentity[] }} LaunchRecord */

/** @param {string} dataDir */
const lockFile = (dataDir) => path.join(dataDir, "launcher.json");

/**
 * @param {string} dataDir
 * @returns {LaunchRecord | undefined} undefined also when the file is half written: then nothing is known to run
 */
export function readLaunchRecord(dataDir) {
  if (!existsSync(lockFile(dataDir))) return undefined;
  try {
    const record = JSON.parse(readFileSync(lockFile(dataDir), "utf8"));
    return typeof record?.launcher?.pid === "number" && Array.isArray(record.children) ? record : undefined;
  } catch {
    return undefined;
  }
}

/**
 * @param {string} dataDir
 * @returns {{ hasLeftovers: boolean }}
 */
export function refuseSecondLauncher(dataDir) {
  const record = readLaunchRecord(dataDir);
  if (record === undefined) return { hasLeftovers: false };
  if (record.launcher.pid !== process.pid && isRunning(record.launcher)) {
    throw new LaunchError(
      `Sluice already runs from ${dataDir} (process ${record.launcher.pid}): stop it with Ctrl-C there, or choose another data directory with --data-dir.`,
    );
  }
  return { hasLeftovers: record.children.some(isRunning) };
}

/**
 * @param {string} dataDir
 * @param {readonly ProcessIdentity[]} children
 */
export function writeLaunchRecord(dataDir, children) {
  const launcher = { name: "launcher", pid: process.pid, startTime: readStartTime(process.pid) ?? "" };
  const file = lockFile(dataDir);
  writeFileSync(`${file}.new`, JSON.stringify({ launcher, children }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

/** @param {string} dataDir */
export function removeLaunchRecord(dataDir) {
  rmSync(lockFile(dataDir), { force: true });
}
