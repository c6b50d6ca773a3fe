import { readFile, stat } from "node:fs/promises";
import { createHash, timingSafeEqual } from "node:crypto";
import { ConfigError } from "./config-error.ts";

const minLength = 16;

/** Reads the cluster's shared secret: one line in a file that only its owner may read. */
export async function readClusterSecret(path: string): Promise<string> {
  const [text, { mode }] = await Promise.all([readFile(path, "utf8"), stat(path)]).catch((cause: unknown) => {
    throw new ConfigError(`The cluster secret file ${path} cannot be read (SLUICE_CLUSTER_SECRET_FILE).`, { cause });
  });
  if ((mode & 0o077) !== 0 && process.platform !== "win32") {
    throw new ConfigError(`The cluster secret file ${path} is open to other users. Run: chmod 600 ${path}`);
  }
  const secret = text.trim();
  if (secret.length < minLength || /\s/.test(secret)) {
    throw new ConfigError(`The cluster secret file ${path} must hold one line of at least ${minLength} characters.`);
  }
  return secret;
}

/** Compares `Authorization: Bearer ...` with the secret in constant time. */
export function isBearer(authorization: string | undefined, secret: string): boolean {
  if (authorization === undefined || !authorization.startsWith("Bearer ")) return false;
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(authorization.slice("Bearer ".length)), digest(secret));
}
