import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { deployment } from "@sluice/sdk";

/**
 * Writes down which request it begins and ends, before anything else happens: a synchronous write to a file survives the
 * process. One file per process, named by pid, in the folder that the request's path names.
 */
class Journal {
  async fetch(request: Request): Promise<{ id: string; pid: number }> {
    const url = new URL(request.url);
    const id = url.searchParams.get("id") ?? "";
    const file = join(url.searchParams.get("folder") ?? "", `${String(process.pid)}.log`);
    appendFileSync(file, `begin ${id}\n`);
    await request.arrayBuffer();
    await wait(10 + 20 * Math.random());
    appendFileSync(file, `end ${id}\n`);
    return { id, pid: process.pid };
  }
}

export const app = deployment(Journal, {
  numReplicas: 2,
  maxOngoingRequests: 100,
  rayActorOptions: { numCpus: 0.1 },
}).bind();
