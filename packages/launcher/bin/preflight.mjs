/** What can be judged before anything is installed, built or started: the data directory, the disk, the ports. */
import { existsSync, mkdirSync, readFileSync, readdirSync, statfsSync, statSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { LaunchError } from "./fail.mjs";

/** The embedded Postgres; its data cannot be read by another major. */
export const POSTGRES_MAJOR = 18;
export const MARKER_FILE = "sluice.json";
const MARKER_FORMAT = 1;

const MIB = 1024 * 1024;
/** Room for the database to begin with; and for packages and builds when they are not there yet. */
const DATA_NEED_BYTES = 300 * MIB;
const INSTALL_NEED_BYTES = 2048 * MIB;

/**
 * @typedef {object} DataDirFacts
 * @property {readonly string[]} entries names in the folder, empty when it does not exist
 * @property {string | undefined} marker text of sluice.json
 */

/**
 * Decides whether a folder may be used. Pure.
 * @param {string} dir
 * @param {DataDirFacts} facts
 * @returns {{ kind: "fresh" } | { kind: "ours", marker: { format: number, id: string, postgresDir?: string } } | { kind: "refuse", message: string }}
 */
export function judgeDataDir(dir, { entries, marker }) {
  const other = "choose another with SLUICE_DATA_DIR or --data-dir";
  if (marker === undefined) {
    if (entries.length === 0) return { kind: "fresh" };
    return { kind: "refuse", message: `${dir} is not empty and not a data directory of Sluice: ${other}.` };
  }
  let value;
  try {
    value = JSON.parse(marker);
  } catch {
    return {
      kind: "refuse",
      message: `${path.join(dir, MARKER_FILE)} is damaged: restore it from a backup, or ${other}.`,
    };
  }
  if (typeof value?.format !== "number" || typeof value.id !== "string") {
    return {
      kind: "refuse",
      message: `${path.join(dir, MARKER_FILE)} is damaged: restore it from a backup, or ${other}.`,
    };
  }
  if (value.format > MARKER_FORMAT) {
    return {
      kind: "refuse",
      message: `${dir} was written by a newer Sluice (format ${value.format}): update this copy, or ${other}.`,
    };
  }
  return { kind: "ours", marker: value };
}

/**
 * Judges the folder of the database inside the data directory. Pure.
 * @param {string} dir
 * @param {{ entries: readonly string[], version: string | undefined }} facts `version` is the text of PG_VERSION
 * @returns {string | undefined} why it cannot be used
 */
export function judgePostgresDir(dir, { entries, version }) {
  if (entries.length === 0) return undefined;
  const other = "choose another data directory with SLUICE_DATA_DIR or --data-dir";
  if (version === undefined || !entries.includes("global") || !entries.includes("base")) {
    return `${dir} is damaged (not a complete Postgres data directory): restore it from a backup, or ${other}.`;
  }
  const major = version.trim();
  if (major === String(POSTGRES_MAJOR)) return undefined;
  return `${dir} holds data of Postgres ${major}, this Sluice brings ${POSTGRES_MAJOR}: dump it with the old version and load it into a new one, or ${other}.`;
}

/** @param {string} dir */
export function readDataDirFacts(dir) {
  const entries = listFolder(dir);
  return { entries, marker: readText(path.join(dir, MARKER_FILE)) };
}

/** @param {string} dir */
export function readPostgresDirFacts(dir) {
  return { entries: listFolder(dir), version: readText(path.join(dir, "PG_VERSION")) };
}

/**
 * Refuses early what would only fail later: a folder that is not ours, a folder we cannot write, a full disk.
 * @param {string} dataDir
 */
export function checkDataDir(dataDir) {
  const verdict = judgeDataDir(dataDir, readDataDirFacts(dataDir));
  if (verdict.kind === "refuse") throw new LaunchError(verdict.message);
  const postgresDir =
    verdict.kind === "ours" ? (verdict.marker.postgresDir ?? path.join(dataDir, "postgres")) : undefined;
  const why = postgresDir === undefined ? undefined : judgePostgresDir(postgresDir, readPostgresDirFacts(postgresDir));
  if (why !== undefined) throw new LaunchError(why);
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new LaunchError(
      `cannot create ${dataDir} (${errorCode(error)}): choose another with SLUICE_DATA_DIR or --data-dir.`,
    );
  }
}

/**
 * @param {{ dataDir: string, root: string, needsInstall: boolean }} where
 */
export function checkDisk({ dataDir, root, needsInstall }) {
  const wanted = needsInstall
    ? [
        { dir: root, bytes: INSTALL_NEED_BYTES },
        { dir: dataDir, bytes: DATA_NEED_BYTES },
      ]
    : [{ dir: dataDir, bytes: DATA_NEED_BYTES }];
  for (const { dir, bytes } of wanted) {
    const message = judgeDisk(dir, freeBytes(dir), bytes);
    if (message !== undefined) throw new LaunchError(message);
  }
}

/**
 * @param {string} dir
 * @param {number} freeBytes
 * @param {number} neededBytes
 * @returns {string | undefined}
 */
export function judgeDisk(dir, freeBytes, neededBytes) {
  if (freeBytes >= neededBytes) return undefined;
  return `the disk is full: ${Math.floor(freeBytes / MIB)} MiB free at ${dir}, Sluice needs ${Math.ceil(neededBytes / MIB)} MiB; free some space and run this again.`;
}

/**
 * Refuses a port that someone else listens on. Port 0 means any free one.
 * @param {Record<string, { host: string, port: number }>} listeners
 */
export async function checkPorts(listeners) {
  for (const [name, { host, port }] of Object.entries(listeners)) {
    if (port === 0) continue;
    const problem = await tryListen(host, port);
    if (problem === undefined) continue;
    const variable = `SLUICE_${name.toUpperCase()}_PORT`;
    if (problem === "EADDRINUSE") {
      throw new LaunchError(
        `port ${port} (${name}) is busy: stop the program that holds it, or choose another with ${variable} or --${name}-port.`,
      );
    }
    if (problem === "EACCES")
      throw new LaunchError(`port ${port} (${name}) needs more rights: choose one above 1023 with ${variable}.`);
    throw new LaunchError(`${name} cannot listen on ${host}:${port} (${problem}): choose an address of this machine.`);
  }
}

/**
 * @param {string} host
 * @param {number} port
 * @returns {Promise<string | undefined>} the error code, undefined when it worked
 */
function tryListen(host, port) {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once("error", (error) => resolve(errorCode(error)));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** @param {string} dir an existing folder or one to be made */
function freeBytes(dir) {
  let place = dir;
  while (!existsSync(place)) place = path.dirname(place);
  const { bavail, bsize } = statfsSync(place);
  return bavail * bsize;
}

/** @param {string} dir */
function listFolder(dir) {
  if (!existsSync(dir)) return [];
  if (!statSync(dir).isDirectory())
    throw new LaunchError(`${dir} is a file, not a folder: choose another with SLUICE_DATA_DIR or --data-dir.`);
  try {
    return readdirSync(dir);
  } catch (error) {
    throw new LaunchError(
      `cannot read ${dir} (${errorCode(error)}): run as the user who owns it, or choose another with SLUICE_DATA_DIR or --data-dir.`,
    );
  }
}

/** @param {string} file */
const readText = (file) => (existsSync(file) ? readFileSync(file, "utf8") : undefined);

/** @param {unknown} error */
const errorCode = (error) => (error instanceof Error && "code" in error ? String(error.code) : String(error));
