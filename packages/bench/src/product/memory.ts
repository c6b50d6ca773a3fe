/** Resident memory of the product's processes, read from /proc. */
import { readFile, readdir } from "node:fs/promises";
import type { Client } from "@sluice/sdk";
import type { RunningProduct } from "./start-product.ts";

/** VmRSS of these processes together: pages in memory, shared ones included. */
export async function residentBytes(pids: readonly number[]): Promise<number> {
  const sizes = await Promise.all(pids.map(residentBytesOf));
  return sizes.reduce((sum, size) => sum + size, 0);
}

async function residentBytesOf(pid: number): Promise<number> {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${String(pid)}/status`, "utf8"))?.[1];
  if (kibibytes === undefined) throw new Error(`process ${String(pid)} has no resident memory`);
  return Number(kibibytes) * 1024;
}

/** Ready replicas of the application. */
export async function replicaPids(client: Client, application: string): Promise<readonly number[]> {
  const { items } = await client.replicas.list({ application });
  const pids = items.flatMap(({ pid, stage }) => (stage === "ready" && pid !== null ? [pid] : []));
  if (pids.length === 0) throw new Error(`${application} has no ready replica`);
  return pids;
}

/** All processes of the gateway. */
export async function gatewayPids(product: RunningProduct): Promise<readonly number[]> {
  const pids = await descendantsNaming(product.launcher.pid ?? Number.NaN, "/gateway.mjs");
  if (pids.length === 0) throw new Error("no gateway process found");
  return pids;
}

/** Processes below `root` whose command line names `text`. */
async function descendantsNaming(root: number, text: string): Promise<readonly number[]> {
  const children = new Map<number, number[]>();
  const matching = new Set<number>();
  for (const name of (await readdir("/proc")).filter((entry) => /^\d+$/.test(entry))) {
    const pid = Number(name);
    const stat = await readFile(`/proc/${name}/stat`, "utf8").catch(() => "");
    // The command stands in brackets and may hold anything; the parent is the second field after it.
    const parent = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
    children.set(parent, [...(children.get(parent) ?? []), pid]);
    const commandLine = await readFile(`/proc/${name}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(text)) matching.add(pid);
  }
  const found: number[] = [];
  for (const open = [root]; open.length > 0;) {
    const pid = open.pop() ?? root;
    if (matching.has(pid)) found.push(pid);
    open.push(...(children.get(pid) ?? []));
  }
  return found;
}
