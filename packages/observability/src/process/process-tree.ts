import { readdirSync, readFileSync } from "node:fs";

/** A process and all below it, as long as their parents live; only itself where there is no /proc. */
export function listTree(pid: number): number[] {
  const found = [pid];
  for (const at of found) found.push(...childrenOf(at));
  return found;
}

/**
 * Memory of a process and all below it. A process alone is counted by its resident size; of those below, pages that they
 * share are counted once (proportional set size), because forked workers share most of theirs. Null when it is gone.
 */
export function readTreeMemoryBytes(pid: number): number | null {
  const own = readKib(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m);
  if (own === null) return null;
  const [, ...below] = listTree(pid);
  return below.reduce((sum, one) => sum + (proportionalKib(one) ?? 0), own) * 1024;
}

function proportionalKib(pid: number): number | null {
  // Older kernels, or another user's process: the resident size is an upper bound.
  return (
    readKib(`/proc/${pid}/smaps_rollup`, /^Pss:\s+(\d+) kB$/m) ?? readKib(`/proc/${pid}/status`, /^VmRSS:\s+(\d+) kB$/m)
  );
}

function readKib(path: string, line: RegExp): number | null {
  try {
    const kib = line.exec(readFileSync(path, "utf8"))?.[1];
    return kib === undefined ? null : Number(kib);
  } catch {
    return null;
  }
}

/** Children belong to the thread that started them, so every thread is asked. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => readChildren(pid, thread));
  } catch {
    return [];
  }
}

function readChildren(pid: number, thread: string): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}
