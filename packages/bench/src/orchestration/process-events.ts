import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort } from "../peers/free-port.ts";
import { waitUntil } from "../product/deploy.ts";
import { startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Proof } from "../proof.ts";
import { pidOf, postgresPid, ProcessGroup, startExtra } from "./extra-processes.ts";
import { deployRelay, type Relay } from "./relay.ts";
import { startSecondGateway } from "./second-gateway.ts";
import {
  measureUnderLoad,
  pause,
  ratePerSecond,
  reportRows,
  seconds,
  type EventRow,
  type HappeningOptions,
  type Outcome,
} from "./under-load.ts";

const takeoverLimitMs = 5_000;
/** Characters of the end of a log that say enough. */
const keptLog = 1_500;
/** An agent that comes back ends what does not redial within 15 s. */
const adoptionMs = 17_000;

export const processesProof: Proof = {
  id: "orchestration.4.processes",
  title: "Each process of the product killed under load, Postgres restarted, a gateway of two stopped and killed",
  method: `ingress -> one replica -> one of three; open loop, Poisson, ${String(ratePerSecond)} GET/s over two gateways, from 2 s before to 2 s after each event; 1 repetition`,
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-second-"));
    try {
      await using product = await startProduct();
      await using gateways = new ProcessGroup();
      let gateway = gateways.add(await startSecondGateway(product, folder));
      const port = Number(new URL(gateway.url).port);
      const relay = await deployRelay(product);
      const first = `${product.gateway}${relay.path}`;
      const other = `${gateway.url}${relay.path}`;
      const rows: EventRow[] = [];
      const event = async (name: string, load: Partial<HappeningOptions["load"]>, happen: () => Promise<Outcome>) => {
        await relay.waitAtRest();
        await gateway.waitServing(relay.path);
        const urls = [first, other];
        rows.push(await measureUnderLoad({ event: name, load: { urls, ratePerSecond, ...load }, log, happen }));
      };
      await event("kill -9 of web", {}, async () => killWeb(product));
      await event("kill -9 of agent", {}, async () => killAgent(product, relay));
      await event("Postgres stopped (fast) and started", {}, async () => restartPostgres(product));
      await event("SIGTERM of one of two gateways", { goOn: "refused" }, async () => {
        const start = performance.now();
        gateway.signal("SIGTERM");
        await gateway.exited;
        return { facts: [`it ended after ${seconds(performance.now() - start)}`] };
      });
      gateway = gateways.add(await startSecondGateway(product, folder, port));
      await gateway.waitServing(relay.path);
      let untouched: EventRow | undefined;
      await event("kill -9 of one of two gateways, one retry", { goOn: "once" }, async () => {
        // Meanwhile on the other one, without any retry.
        untouched = await measureUnderLoad({
          event: "  meanwhile on the other gateway, no retry",
          load: { urls: [first], ratePerSecond },
          log,
          happen: async () => {
            gateway.signal("SIGKILL");
            await gateway.exited;
            await pause(2_000);
            return { facts: [] };
          },
        });
        return { facts: [] };
      });
      if (untouched !== undefined) rows.push(untouched);
      gateway = gateways.add(await startSecondGateway(product, folder, port));
      await gateway.waitServing(relay.path);
      await event("kill -9 of the leading controller", {}, async () => killController(product, relay));
      return reportRows(rows, log);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function killWeb(product: RunningProduct): Promise<Outcome> {
  process.kill(await pidOf(product, "web"), "SIGKILL");
  const ms = await waitUntil("the dashboard answers again", async () => isWhole(product), 60_000);
  return { facts: [`answers again after ${seconds(ms)}`] };
}

/** The dashboard answers, and sees database and controller. */
async function isWhole({ client }: RunningProduct): Promise<boolean> {
  try {
    const { database, controller } = await client.health();
    return database && controller.available;
  } catch {
    // It is not there, or has no database.
    return false;
  }
}

async function killAgent(product: RunningProduct, relay: Relay): Promise<Outcome> {
  const before = await relay.pids();
  const agent = await pidOf(product, "agent");
  process.kill(agent, "SIGKILL");
  const ms = await waitUntil("another agent runs", async () => {
    const now = await pidOf(product, "agent").catch(() => agent);
    return now !== agent;
  });
  await pause(adoptionMs);
  await relay.waitAtRest();
  const after = await relay.pids();
  return {
    facts: [`started again after ${seconds(ms)}`, `pids ${before.join(" ")} -> ${after.join(" ")}`],
    checks: { "the same processes before and after": before.join() === after.join() },
  };
}

async function restartPostgres(product: RunningProduct): Promise<Outcome> {
  const { client } = product;
  const before = await client.applications.get("relay");
  const pid = await postgresPid(product);
  // What `pg_ctl stop -m fast` sends; the launcher starts it again.
  process.kill(pid, "SIGINT");
  const startedMs = await waitUntil("Postgres runs again", async () => {
    const now = await postgresPid(product).catch(() => pid);
    return now !== pid;
  });
  const wholeMs = startedMs + (await waitUntil("database and controller are there", async () => isWhole(product)));
  const after = await client.applications.get("relay");
  return {
    facts: [
      `started again after ${seconds(startedMs)}`,
      `controller leads and dashboard answers after ${seconds(wholeMs)}`,
    ],
    checks: { "nothing lost": before.generation === after.generation && after.status === "RUNNING" },
  };
}

/** Another controller stands by; it must lead soon, and what it decides must reach both gateways and the agent. */
async function killController(product: RunningProduct, relay: Relay): Promise<Outcome> {
  const port = await findFreePort();
  await using standby = await startExtra(product, "controller", { SLUICE_CONTROLLER_PORT: String(port) });
  await waitUntil("a controller stands by", async () => (await roleOf(port)) === "standby");
  const before = await leaderOf(product);
  process.kill(await pidOf(product, "controller"), "SIGKILL");
  // The launcher starts the killed one again: whichever of the two is first takes over, with a higher epoch.
  const takeoverMs = await waitUntil("another leads", async () => (await leaderOf(product)).epoch > before.epoch);
  const who = (await roleOf(port)) === "leader" ? "the one that stood by" : "the killed one, started again,";
  const start = performance.now();
  const revision = await relay.update(Date.now());
  const facts = [`${who} leads after ${seconds(takeoverMs)}`];
  let evidence = "";
  try {
    await relay.waitInForce(revision);
    facts.push(`the next update in force on both gateways ${seconds(performance.now() - start)} later`);
  } catch (error) {
    const { traffic } = await relay.client.applications.get("relay");
    facts.push(error instanceof Error ? error.message : String(error));
    facts.push(`${String(traffic.gateways_applied)} of ${String(traffic.gateways_total)} gateways confirmed`);
    evidence = standby.output().slice(-keptLog);
  }
  return {
    facts,
    evidence,
    checks: { "another leads in less than 5 s": takeoverMs < takeoverLimitMs, "it is obeyed": evidence === "" },
  };
}

/** As the lease says it. */
async function leaderOf(product: RunningProduct): Promise<{ readonly epoch: number }> {
  const answer = await fetch(`${product.web}/api/v1/healthz`);
  const { controller } = (await answer.json()) as { controller: { available: boolean; epoch: number | null } };
  return { epoch: controller.available ? (controller.epoch ?? 0) : 0 };
}

async function roleOf(port: number): Promise<string> {
  try {
    const answer = await fetch(`http://127.0.0.1:${String(port)}/healthz`);
    const body = (await answer.json()) as { role?: string };
    return body.role ?? "";
  } catch {
    return "";
  }
}
