/** Decides where the binaries and the data of the embedded Postgres lie, and makes them usable for the user it runs as. */
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import path from "node:path";
import { LaunchError } from "../../bin/fail.mjs";
import { MARKER_FILE, POSTGRES_MAJOR, judgeDataDir, readDataDirFacts } from "../../bin/preflight.mjs";
import { findPostgresBinaries } from "./binaries.ts";
import { canReach, findPostgresUser } from "./postgres-user.ts";
import type { SystemUser } from "./postgres-user.ts";

/** Open to system users where the clone is not. Only root, who may write there, ever needs it. */
const SYSTEM_DIR = "/var/lib/sluice";

export interface PostgresHome {
  readonly binariesDir: string;
  readonly postgresDir: string;
  readonly user: SystemUser | undefined;
  readonly password: string;
}

interface Marker {
  readonly format: number;
  readonly id: string;
  /** Where the database lies when it cannot lie in the data directory. */
  readonly postgresDir?: string;
}

/** Makes the folder ours, or knows it again. Nothing else may be written there before. */
export function claimDataDir(dataDir: string): Marker {
  const verdict = judgeDataDir(dataDir, readDataDirFacts(dataDir));
  if (verdict.kind === "refuse") throw new LaunchError(verdict.message);
  if (verdict.kind === "ours") return verdict.marker;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const marker = { format: 1, id: randomBytes(8).toString("hex") };
  writeMarker(dataDir, marker);
  return marker;
}

/** Settles where the Postgres of a data directory lives; keeps what an earlier start settled. */
export function settlePostgresHome(dataDir: string): PostgresHome {
  const marker = claimDataDir(dataDir);
  const ownDir = path.join(dataDir, "postgres");
  const user = findPostgresUser(marker.postgresDir ?? ownDir);
  const mustMoveOut = user !== undefined && marker.postgresDir === undefined && !letThrough(dataDir, user);
  const postgresDir = mustMoveOut ? path.join(SYSTEM_DIR, `data-${marker.id}`) : (marker.postgresDir ?? ownDir);
  if (mustMoveOut) writeMarker(dataDir, { ...marker, postgresDir });
  mkdirSync(path.dirname(postgresDir), { recursive: true, mode: 0o755 });
  return {
    binariesDir: settleBinaries(user),
    postgresDir,
    user,
    password: readOrMakeSecret(path.join(dataDir, "postgres-password")),
  };
}

const writeMarker = (dataDir: string, marker: Marker): void =>
  writeWhole(path.join(dataDir, MARKER_FILE), `${JSON.stringify(marker)}\n`);

/** The content of a 0600 file, made of 32 random bytes when it is missing. */
export function readOrMakeSecret(file: string): string {
  if (!existsSync(file)) writeWhole(file, `${randomBytes(32).toString("hex")}\n`);
  return readFileSync(file, "utf8").trim();
}

/** Our own folder is opened for passing through, no more; the folders above it are not ours to change. */
function letThrough(dataDir: string, user: SystemUser): boolean {
  if (!canReach(dataDir, user)) return false;
  chmodSync(dataDir, 0o711);
  return true;
}

function settleBinaries(user: SystemUser | undefined): string {
  const packaged = findPostgresBinaries();
  if (user === undefined || canReach(path.join(packaged, "bin/postgres"), user)) return packaged;
  const copy = path.join(SYSTEM_DIR, `postgres-${POSTGRES_MAJOR}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  mkdirSync(SYSTEM_DIR, { recursive: true, mode: 0o755 });
  cpSync(packaged, unfinished, { recursive: true, verbatimSymlinks: true });
  openForReading(unfinished);
  if (existsSync(copy)) rmSync(unfinished, { recursive: true });
  else renameSync(unfinished, copy);
  return copy;
}

function openForReading(dir: string): void {
  chmodSync(dir, 0o755);
  for (const entry of readdirSync(dir, { withFileTypes: true })) {
    const place = path.join(dir, entry.name);
    if (entry.isDirectory()) openForReading(place);
    else if (entry.isFile()) chmodSync(place, path.basename(dir) === "bin" ? 0o755 : 0o644);
  }
}

/** Makes a folder only Postgres may enter. */
export function makePostgresFolder(dir: string, user: SystemUser | undefined): void {
  mkdirSync(dir, { mode: 0o700 });
  if (user !== undefined) chownSync(dir, user.uid, user.gid);
}

/** Either the whole content or the old one: a crash leaves no half file. */
function writeWhole(file: string, content: string): void {
  writeFileSync(`${file}.new`, content, { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
