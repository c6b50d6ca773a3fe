import { join } from "node:path";

/**
 * Directory of the control group (v2) that a process is in, from the texts of /proc/self/mountinfo and /proc/self/cgroup; null
 * where there is no such hierarchy.
 */
export function findControlGroup(mountinfo: string, selfCgroup: string): string | null {
  const path = /^0::(\/.*)$/m.exec(selfCgroup)?.[1];
  if (path === undefined) return null;
  for (const line of mountinfo.split("\n")) {
    const [before = "", after = ""] = line.split(" - ");
    if (after.split(" ")[0] !== "cgroup2") continue;
    const [, , , root = "/", mountPoint = ""] = before.split(" ");
    // In a container the part that is mounted may begin below the root of the hierarchy.
    const below = root !== "/" && path.startsWith(root) ? path.slice(root.length) : path;
    return join(mountPoint, below).replace(/(.)\/$/, "$1");
  }
  return null;
}
