/** Processes below a process, and what they cost; read from /proc. */
import { readFile, readdir } from "node:fs/promises";

/** Clock ticks of /proc are hundredths of a second on Linux. */
const msPerTick = 10;

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  /** CPU time used so far, user and system. */
  readonly cpuMs: number;
}

/** `root` and everything that it started, as far as it lives. */
export async function listProcessTree(root: number): Promise<readonly ProcessFacts[]> {
  const names = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(names.map(async (name) => readFacts(Number(name))))).filter(
    (one) => one !== undefined,
  );
  const children = new Map<number, ProcessFacts[]>();
  for (const one of all) children.set(one.parent, [...(children.get(one.parent) ?? []), one]);
  const found = all.filter(({ pid }) => pid === root);
  for (let index = 0; index < found.length; index += 1) found.push(...(children.get(found[index]?.pid ?? -1) ?? []));
  return found;
}

/** CPU time that these processes and what they started have used. */
export async function readCpuMs(roots: readonly number[]): Promise<number> {
  const trees = await Promise.all(roots.map(listProcessTree));
  return trees.flat().reduce((sum, { cpuMs }) => sum + cpuMs, 0);
}

async function readFacts(pid: number): Promise<ProcessFacts | undefined> {
  try {
    const stat = await readFile(`/proc/${String(pid)}/stat`, "utf8");
    // The command stands in brackets and may hold anything; fields are counted from behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * msPerTick };
  } catch {
    // It ended meanwhile.
    return undefined;
  }
}
