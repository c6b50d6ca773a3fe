import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { waitUntil } from "../product/deploy.ts";
import { listProcessTree } from "../product/process-tree.ts";
import { startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Proof } from "../proof.ts";
import { ProcessGroup, startExtra, type ExtraProcess } from "./extra-processes.ts";
import { deployRelay, type Relay } from "./relay.ts";
import { measureUnderLoad, ratePerSecond, reportRows, seconds, type EventRow, type Outcome } from "./under-load.ts";

const second = "second";
const forgivenMs = 1_000;

export const nodesProof: Proof = {
  id: "orchestration.4.nodes",
  title: "A node drained, and a node lost, under load",
  method: `two agents; ingress -> one replica -> one of three, spread over both; open loop, Poisson, ${String(ratePerSecond)} GET/s, from 2 s before to 2 s after each event; 1 repetition`,
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-second-"));
    try {
      await using product = await startProduct();
      await using agents = new ProcessGroup();
      const startAgent = async (): Promise<ExtraProcess> =>
        agents.add(
          await startExtra(product, "agent", { SLUICE_NODE_NAME: second, SLUICE_AGENT_DIR: join(folder, "agent") }),
        );
      let agent = await startAgent();
      await waitNode(product, "ready");
      const relay = await deployRelay(product);
      const load = { urls: [`${product.gateway}${relay.path}`], ratePerSecond };
      const rows: EventRow[] = [];
      await relay.waitAtRest();
      await waitUntil("the gateway serves", async () => (await fetch(load.urls[0] ?? "")).status === 200);
      rows.push(await measureUnderLoad({ event: "node drain", load, log, happen: async () => drain(product, relay) }));
      await product.client.nodes.uncordon(second);
      await waitNode(product, "ready");
      await relay.update(2);
      await waitUntil("relay is on both nodes", async () => (await onSecond(relay)).length > 0);
      await relay.waitAtRest();
      rows.push(
        await measureUnderLoad({
          event: "node loss: kill -9 of agent and replicas",
          load,
          log,
          happen: async () => lose(relay, agent),
        }),
      );
      agent = await startAgent();
      await waitNode(product, "ready");
      await moveAll(product, relay);
      rows.push(
        await measureUnderLoad({
          event: "loss of the node that had everything",
          load,
          log,
          happen: async () => lose(relay, agent),
        }),
      );
      return reportRows(rows, log);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function waitNode({ client }: RunningProduct, state: string): Promise<void> {
  await waitUntil(`the second node is ${state}`, async () => {
    const { items } = await client.nodes.list();
    return items.some((node) => node.name === second && node.state === state);
  });
}

/** Everything to the second node: the other one takes nothing new while a revision comes. */
async function moveAll({ client }: RunningProduct, relay: Relay): Promise<void> {
  const { items } = await client.nodes.list();
  const own = items.find(({ name }) => name !== second);
  if (own === undefined) throw new Error("the launcher's node is not there");
  await client.nodes.cordon(own.id);
  await waitUntil("the first node is cordoned", async () => (await client.nodes.get(own.id)).state === "cordoned");
  await relay.waitInForce(await relay.update(3));
  await relay.waitAtRest();
  await client.nodes.uncordon(own.id);
  await waitUntil("the first node is open", async () => (await client.nodes.get(own.id)).state === "ready");
}

async function onSecond(relay: Relay): Promise<readonly string[]> {
  return (await relay.serving()).flatMap(({ node_name: node, deployment }) => (node === second ? [deployment] : []));
}

async function drain({ client }: RunningProduct, relay: Relay): Promise<Outcome> {
  const there = await onSecond(relay);
  await client.nodes.drain(second);
  const ms = await waitUntil("the second node is empty", async () => (await client.nodes.get(second)).replicas === 0);
  const restMs = await relay.waitAtRest();
  return {
    facts: [`${there.join(", ") || "nothing"} moved in ${seconds(ms)}`, `at rest ${seconds(restMs)} later`],
    checks: { "it had replicas": there.length > 0 },
  };
}

async function lose(relay: Relay, agent: ExtraProcess): Promise<Outcome> {
  const there = await onSecond(relay);
  // Its hosts are its children until it is gone.
  const all = await listProcessTree(agent.pid);
  const lostMs = Date.now();
  // The agent first, so that it tells nobody.
  for (const { pid } of all) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // Ended meanwhile.
    }
  }
  const ms = await waitUntil("all replicas are replaced", async () => (await onSecond(relay)).length === 0, 90_000);
  const restMs = await relay.waitAtRest();
  return {
    facts: [`${there.join(", ") || "nothing"} lost`, `replaced and ready after ${seconds(ms + restMs)}`],
    checks: { "it had replicas": there.length > 0 },
    forgivenUntilMs: lostMs + forgivenMs,
  };
}
