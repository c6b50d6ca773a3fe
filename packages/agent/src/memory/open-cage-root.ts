import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { findControlGroup } from "./find-control-group.ts";

/** Where the groups of replicas are made, or why there can be none. */
export type CageRoot = { readonly dir: string } | { readonly reason: string };

/** Where the agent itself lives below it: a group with groups that limit memory may hold no processes of its own. */
const agentGroup = "agent";

/** Finds or makes the directory in which this process may create control groups with a memory limit. */
export function openCageRoot(): CageRoot {
  if (process.platform !== "linux") return { reason: "only Linux has control groups" };
  try {
    const own = findControlGroup(
      readFileSync("/proc/self/mountinfo", "utf8"),
      readFileSync("/proc/self/cgroup", "utf8"),
    );
    return own === null ? { reason: "there is no control group of version 2" } : prepareCageRoot(own, process.pid);
  } catch (error) {
    return { reason: `control groups cannot be used: ${(error as Error).message}` };
  }
}

/** `own` is the group that the process `pid` is in. */
export function prepareCageRoot(own: string, pid: number): CageRoot {
  const dir = basename(own) === agentGroup ? dirname(own) : own;
  if (!readWords(join(dir, "cgroup.controllers")).includes("memory"))
    return { reason: `the control group ${dir} has no memory controller` };
  const control = join(dir, "cgroup.subtree_control");
  if (!readWords(control).includes("memory")) {
    const isRoot = !existsSync(join(dir, "cgroup.type"));
    const others = readWords(join(dir, "cgroup.procs")).filter((other) => other !== String(pid));
    if (!isRoot && others.length > 0) return { reason: `other processes live in the agent's control group ${dir}` };
    if (!isRoot) moveInto(join(dir, agentGroup), pid);
    writeFileSync(control, "+memory");
  }
  return { dir };
}

function moveInto(group: string, pid: number): void {
  mkdirSync(group, { recursive: true });
  writeFileSync(join(group, "cgroup.procs"), String(pid));
}

function readWords(path: string): string[] {
  return readFileSync(path, "utf8").split(/\s+/).filter(Boolean);
}
