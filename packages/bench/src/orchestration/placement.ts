import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { checkoutRoot, startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Figure, Proof } from "../proof.ts";
import { ProcessGroup, startExtra } from "./extra-processes.ts";
import { openIdleApplications, type IdleApplications, type Replica } from "./idle-application.ts";
import { nodes, seatOf, situations, type Situation } from "./situations.ts";

type Log = (line: string) => void;

export const placementProof: Proof = {
  id: "orchestration.3",
  title: "Placement on four nodes with declared resources: what goes where, and why a node refuses",
  method: `four agents beside the launcher's, whose own node is cordoned; ${String(situations.length)} situations one after the other, then cordon, drain and room that appears; 1 repetition`,
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-nodes-"));
    try {
      await using product = await startProduct();
      await using agents = new ProcessGroup();
      for (const [name, flags] of Object.entries(nodes)) {
        log(`node ${name}: ${flags.join(" ")}`);
        const env = { SLUICE_NODE_NAME: name, SLUICE_AGENT_DIR: join(folder, name), SLUICE_WARM_HOSTS: "0" };
        agents.add(await startExtra(product, "agent", env, flags));
      }
      await cordonOwnNode(product);
      await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/idle"));
      const idle = await openIdleApplications(product.client, "idle");
      await idle.remove("idle");
      const placed: number[] = [];
      for (const [index, situation] of situations.entries()) {
        placed.push(await runSituation(idle, `situation-${String(index + 1)}`, situation, log));
      }
      const missed = placed.filter((value) => value === 0).length;
      return [
        {
          name: "situations that came out otherwise",
          unit: `of ${String(situations.length)}`,
          samples: [missed],
          target: "0",
          holds: missed === 0,
        },
        ...(await runCordon(product, idle, log)),
        ...(await runRoom(idle, log)),
        ...(await runDrain(product, idle, log)),
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

/** Leaves the four. */
async function cordonOwnNode({ client }: RunningProduct): Promise<void> {
  await waitUntil("all nodes are ready", async () => {
    const { items } = await client.nodes.list();
    return items.filter(({ state }) => state === "ready").length === Object.keys(nodes).length + 1;
  });
  const { items } = await client.nodes.list();
  const own = items.find(({ name }) => !(name in nodes));
  if (own === undefined) throw new Error("the launcher's node is not there");
  await client.nodes.cordon(own.id);
  await waitUntil("the launcher's node is cordoned", async () => (await client.nodes.get(own.id)).state === "cordoned");
}

/** 1 = as expected. */
async function runSituation(idle: IdleApplications, name: string, situation: Situation, log: Log): Promise<number> {
  await idle.put(name, situation.options);
  const ms = await idle.settle(name, situation.count);
  const replicas = await idle.replicas(name);
  const holds = situation.holds(replicas.map(seatOf));
  log("");
  log(
    `${holds ? "as expected" : "OTHERWISE  "}  ${situation.title} (${situation.expected}), ${(ms / 1000).toFixed(1)} s`,
  );
  logSeats(replicas, log);
  await idle.remove(name);
  return holds ? 1 : 0;
}

function logSeats(replicas: readonly Replica[], log: Log): void {
  for (const replica of replicas) {
    const seat = seatOf(replica);
    if (seat !== null) {
      log(
        `    on ${seat.map(({ node, gpus }) => [node, ...gpus.map((uuid) => uuid.slice(-12))].join(" ")).join(" | ")}`,
      );
    } else {
      for (const { node_name: node, reason, advice, suggestion } of replica.refusals) {
        const offer = suggestion === null ? "" : ` [button: ${suggestion.option} = ${String(suggestion.value)}]`;
        log(`    ${node} refuses: ${reason}${advice === null ? "" : `. ${advice}`}${offer}`);
      }
    }
  }
}

/** What only b can take waits while b is cordoned, and places itself afterwards. */
async function runCordon({ client }: RunningProduct, idle: IdleApplications, log: Log): Promise<readonly Figure[]> {
  await client.nodes.cordon("b");
  await waitUntil("b is cordoned", async () => (await client.nodes.get("b")).state === "cordoned");
  await idle.put("cordon", { ray_actor_options: { num_cpus: 0.1, label_selector: { zone: "west", disk: "ssd" } } });
  await idle.settle("cordon", 1);
  log("");
  log("b cordoned, zone=west and disk=ssd wanted:");
  const before = await idle.replicas("cordon");
  logSeats(before, log);
  await client.nodes.uncordon("b");
  const ms = await idle.waitReady("cordon", 1);
  logSeats(await idle.replicas("cordon"), log);
  await idle.remove("cordon");
  const waited = before[0]?.stage === "pending";
  return [
    { name: "refused while its node is cordoned", unit: "", samples: [waited ? 1 : 0], target: "1", holds: waited },
    { name: "from uncordon to ready", unit: "s", samples: [ms / 1000] },
  ];
}

/** What has no room places itself when another goes. */
async function runRoom(idle: IdleApplications, log: Log): Promise<readonly Figure[]> {
  const wish = { ray_actor_options: { num_cpus: 0.1, resources: { tpu: 2 } } };
  await idle.put("holder", wish);
  await idle.waitReady("holder", 1);
  await idle.put("waiter", wish);
  await idle.settle("waiter", 1);
  log("");
  log("tpu: 2 wanted, held by another:");
  const before = await idle.replicas("waiter");
  logSeats(before, log);
  await idle.remove("holder");
  const ms = await idle.waitReady("waiter", 1);
  logSeats(await idle.replicas("waiter"), log);
  await idle.remove("waiter");
  const waited = before[0]?.stage === "pending";
  return [
    { name: "refused while another holds the room", unit: "", samples: [waited ? 1 : 0], target: "1", holds: waited },
    { name: "from the other's end to ready", unit: "s", samples: [ms / 1000] },
  ];
}

/** Replacements are ready before anything on the drained node goes: never fewer than asked for answer. */
async function runDrain({ client }: RunningProduct, idle: IdleApplications, log: Log): Promise<readonly Figure[]> {
  await idle.put("drain", { num_replicas: 3, ray_actor_options: { num_cpus: 0.1, label_selector: { zone: "east" } } });
  await idle.waitReady("drain", 3);
  const start = await idle.replicas("drain");
  log("");
  log("three replicas in zone=east; the node of the first is drained:");
  logSeats(start, log);
  const drained = start[0]?.node_name ?? "";
  await client.nodes.drain(drained);
  let fewest = 3;
  const ms = await waitUntil(`${drained} is empty`, async () => {
    const now = await idle.replicas("drain");
    fewest = Math.min(fewest, now.filter(({ stage }) => stage === "ready").length);
    return now.length === 3 && now.every(({ stage, node_name: node }) => stage === "ready" && node !== drained);
  });
  log(`${drained} drained:`);
  logSeats(await idle.replicas("drain"), log);
  await client.nodes.uncordon(drained);
  await idle.remove("drain");
  return [
    { name: "fewest ready replicas during a drain", unit: "of 3", samples: [fewest], target: "3", holds: fewest === 3 },
    { name: "from drain to an empty node", unit: "s", samples: [ms / 1000] },
  ];
}
