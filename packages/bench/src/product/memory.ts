/** Resident memory of the product's processes, read from /proc. */
import { readFile } from "node:fs/promises";
import type { Client } from "@sluice/sdk";
import { listProcessTree } from "./process-tree.ts";
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
  const found: number[] = [];
  for (const { pid } of await listProcessTree(root)) {
    const commandLine = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(text)) found.push(pid);
  }
  return found;
}
