import type { Client } from "@sluice/sdk";
import type { NewReplica } from "../peers/peer.ts";
import { waitUntil } from "./deploy.ts";
import { residentBytes } from "./memory.ts";

/** What a new process still allocates after it says that it is ready. */
const settleMs = 2000;

/**
 * Adds one replica to the only deployment of an application and takes it away again. The time counts from when the controller
 * wanted the replica (it exists from then on) until the replica was ready, by the product's own record of stages.
 */
export async function growByOne(client: Client, application: string): Promise<NewReplica> {
  const before = new Set((await readyReplicas(client, application)).map(({ id }) => id));
  await setReplicas(client, application, before.size + 1);
  let readyMs = Number.NaN;
  let pid = Number.NaN;
  await waitUntil(`${application} has one more replica`, async () => {
    const added = (await readyReplicas(client, application)).find(({ id }) => !before.has(id));
    if (added === undefined) return false;
    const times = Object.values(added.stage_times).map((time) => Date.parse(time));
    pid = added.pid ?? Number.NaN;
    readyMs = Date.parse(added.stage_times.ready ?? "") - Math.min(...times);
    return true;
  });
  await new Promise<void>((resolve) => setTimeout(resolve, settleMs));
  const bytes = await residentBytes([pid]);
  await setReplicas(client, application, before.size);
  await waitUntil(`${application} has as many replicas as before`, async () => {
    const { items } = await client.replicas.list({ application });
    return items.filter(({ stage }) => stage !== "stopped" && stage !== "failed").length === before.size;
  });
  return { readyMs, residentBytes: bytes };
}

async function readyReplicas(client: Client, application: string) {
  const { items } = await client.replicas.list({ application });
  return items.filter(({ stage }) => stage === "ready");
}

async function setReplicas(client: Client, application: string, count: number): Promise<void> {
  const { spec, deployments_detail: deployments } = await client.applications.get(application);
  const [only] = deployments;
  if (only === undefined) throw new Error(`${application} has no deployment`);
  const [given] = spec.deployments;
  await client.applications.put({
    ...spec,
    deployments: [{ ...given, name: only.name, num_replicas: count }],
  });
}
