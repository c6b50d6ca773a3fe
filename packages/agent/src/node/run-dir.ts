import { createHash } from "node:crypto";
import { chmod, lstat, mkdir } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@sluice/observability";

/** Socket paths are limited to 104 (macOS) or 108 bytes, and longer ones are cut without an error. */
const maxSocketPathBytes = 100;
const longestSocketName = `${"x".repeat(40)}.sock`;

/** Directory of the sockets: inside the agent's directory when their paths stay short enough, else below `tmp`. */
export function planRunDir(agentDir: string, tmp: string, uid: number): string {
  const own = join(agentDir, "run");
  if (Buffer.byteLength(join(own, longestSocketName)) < maxSocketPathBytes) return own;
  const hash = createHash("sha256").update(agentDir).digest("hex").slice(0, 8);
  return join(tmp, `sluice-${uid}-${hash}`);
}

/** Creates the directory for its owner only, and refuses one that somebody else made. */
export async function createRunDir(agentDir: string): Promise<string> {
  const { uid } = userInfo();
  const runDir = planRunDir(agentDir, tmpdir(), uid);
  await mkdir(runDir, { recursive: true, mode: 0o700 });
  const facts = await lstat(runDir);
  if (!facts.isDirectory() || (uid >= 0 && facts.uid !== uid)) {
    throw new ConfigError(`${runDir} belongs to another user. Choose another SLUICE_AGENT_DIR.`);
  }
  await chmod(runDir, 0o700);
  return runDir;
}
