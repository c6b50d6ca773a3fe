/**
 * Postgres refuses to run as root. Started as root, it runs as an ordinary system user, who must be able to reach the
 * binaries and the data: a clone under /root, say, is closed to everybody else.
 */
import { readFileSync, statSync } from "node:fs";
import path from "node:path";
import { LaunchError } from "../../bin/fail.mjs";

export interface SystemUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

/** The user to become, or undefined to stay who we are. */
export function findPostgresUser(postgresDir: string): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  return pickPostgresUser(parsePasswd(readFileSync("/etc/passwd", "utf8")), readOwner(postgresDir));
}

/** The owner of existing data, else `postgres`, else `nobody`. Pure. */
export function pickPostgresUser(users: readonly SystemUser[], dataOwnerUid: number | undefined): SystemUser {
  const owner = users.find((user) => user.uid === dataOwnerUid && user.uid !== 0);
  const named = (name: string): SystemUser | undefined => users.find((user) => user.name === name && user.uid !== 0);
  const picked = owner ?? named("postgres") ?? named("nobody");
  if (picked !== undefined) return picked;
  throw new LaunchError(
    "Postgres cannot run as root and there is no user postgres or nobody: run Sluice as another user.",
  );
}

/** Lines of /etc/passwd. */
export function parsePasswd(text: string): SystemUser[] {
  return text.split("\n").flatMap((line) => {
    const [name, , uid, gid] = line.split(":");
    if (name === undefined || name.startsWith("#") || uid === undefined || gid === undefined) return [];
    // macOS writes nobody as -2, which the kernel knows as an unsigned number.
    return [{ name, uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }];
  });
}

/** Whether `user` may enter every folder above `place`, as far as permission bits say. */
export function canReach(place: string, user: SystemUser): boolean {
  for (let folder = path.dirname(place); ; folder = path.dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === path.dirname(folder)) return true;
  }
}

function readOwner(dir: string): number | undefined {
  return statSync(path.join(dir, "PG_VERSION"), { throwIfNoEntry: false })?.uid;
}
