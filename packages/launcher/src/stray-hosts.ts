/**
 * Replicas survive their agent by design. A launcher that ends must leave none behind, also when the agent was killed
 * before it could stop them; the agent's own files say which processes they are.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { z } from "zod";
import { readCommandLine, readStartTime } from "../bin/process-identity.mjs";

/** `<agentDir>/replicas/<id>/host.json`, as the agent writes it. */
const HostFile = z.object({ pid: z.int().positive(), startTicks: z.number() });

/** Ends the replica processes that still run, and returns their replica ids. */
export function killStrayHosts(agentDir: string): readonly string[] {
  const replicasDir = path.join(agentDir, "replicas");
  if (!existsSync(replicasDir)) return [];
  return readdirSync(replicasDir).filter((replicaId) => {
    const pid = findHost(path.join(replicasDir, replicaId));
    if (pid === undefined) return false;
    try {
      // A host leads a group of its own, with what it has started.
      process.kill(-pid, "SIGKILL");
      return true;
    } catch {
      // It ended in this moment.
      return false;
    }
  });
}

/** The process of a replica if it is still that process: ids are reused. */
function findHost(replicaDir: string): number | undefined {
  const file = path.join(replicaDir, "host.json");
  if (!existsSync(file)) return undefined;
  const parsed = HostFile.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!parsed.success) return undefined;
  const { pid, startTicks } = parsed.data;
  const isSame =
    process.platform === "linux"
      ? readStartTime(pid) === String(startTicks)
      : readCommandLine(pid).includes(path.basename(replicaDir));
  return isSame ? pid : undefined;
}
