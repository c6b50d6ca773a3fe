import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deployWithCli, waitUntil } from "../product/deploy.ts";
import { checkoutRoot, startProduct, type RunningProduct } from "../product/start-product.ts";
import type { Proof } from "../proof.ts";
import { startSecondGateway } from "./second-gateway.ts";
import { deployRelay, type Relay } from "./relay.ts";
import { measureUnderLoad, ratePerSecond, reportRows, seconds, type EventRow, type Outcome } from "./under-load.ts";

export const updatesProof: Proof = {
  id: "orchestration.4.updates",
  title: "Updates under load: rolling, in place, failing, rolled back, unchanged",
  method: `ingress -> one replica -> one of three; open loop, Poisson, ${String(ratePerSecond)} GET/s over two gateways, from 2 s before to 2 s after each event; 1 repetition`,
  run: async (log) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-second-"));
    try {
      await using product = await startProduct();
      await using second = await startSecondGateway(product, folder);
      const relay = await deployRelay(product);
      const load = { urls: [`${product.gateway}${relay.path}`, `${second.url}${relay.path}`], ratePerSecond };
      const rows: EventRow[] = [];
      const event = async (name: string, happen: () => Promise<Outcome>): Promise<void> => {
        await relay.waitSettled();
        rows.push(await measureUnderLoad({ event: name, load, log, happen }));
      };
      await second.waitServing(relay.path);
      await event("unchanged redeploy", async () => redeployUnchanged(relay));
      await event("rolling update", async () => rollForward(relay, 2));
      await event("warm rollback", async () => rollBackWarm(relay));
      // From one to another: the first of all needs new processes, like the last.
      await relay.waitInForce(await relay.put({ deployments: [{ name: "Model", user_config: { greeting: "Hi " } }] }));
      await relay.waitAtRest();
      await event("update of user_config only", async () => reconfigure(relay));
      await event("failing update: constructor throws", async () =>
        failForward(relay, async () => relay.put({ args: { version: 3, isBroken: true } })),
      );
      await relay.waitInForce(await relay.update(4));
      await relay.waitAtRest();
      await event("failing update: code that cannot be imported", async () =>
        failForward(relay, async () => deployUnimportable(product, relay)),
      );
      return reportRows(rows, log);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

async function redeployUnchanged(relay: Relay): Promise<Outcome> {
  const before = await relay.pids();
  await relay.put({});
  await new Promise<void>((resolve) => setTimeout(resolve, 3_000));
  const after = await relay.pids();
  const restarts = after.filter((pid) => !before.includes(pid)).length;
  return { facts: [`${String(restarts)} restarts`], checks: { "0 restarts": restarts === 0 && same(before, after) } };
}

async function rollForward(relay: Relay, version: number): Promise<Outcome> {
  const revision = await relay.update(version);
  const inForceMs = await relay.waitInForce(revision);
  const restMs = inForceMs + (await relay.waitAtRest());
  return { facts: [`in force after ${seconds(inForceMs)}`, `old replicas done after ${seconds(restMs)}`] };
}

async function rollBackWarm(relay: Relay): Promise<Outcome> {
  const start = performance.now();
  await relay.rollback(1);
  await relay.waitInForce(1);
  const inForceMs = performance.now() - start;
  await relay.waitAtRest();
  const allMs = performance.now() - start;
  return {
    facts: [`in force on both gateways after ${seconds(inForceMs)}`, `all done after ${seconds(allMs)}`],
    checks: { "in force in less than 2 s": inForceMs < 2_000, "all done in less than 5 s": allMs < 5_000 },
  };
}

/** Put beside the arguments in force, so that nothing else changes. */
async function reconfigure(relay: Relay): Promise<Outcome> {
  const before = await relay.pids();
  const start = performance.now();
  const revision = await relay.put({ deployments: [{ name: "Model", user_config: { greeting: "Dear " } }] });
  await relay.waitInForce(revision);
  const inForceMs = performance.now() - start;
  await relay.waitAtRest();
  const after = await relay.pids();
  return {
    facts: [`in force after ${seconds(inForceMs)}`, `pids ${before.join(" ")} -> ${after.join(" ")}`],
    checks: { "the same processes before and after": same(before, after) },
  };
}

/** The old revision serves on; the failure is told with its reason. */
async function failForward(relay: Relay, update: () => Promise<number>): Promise<Outcome> {
  const { client } = relay;
  const before = await relay.pids();
  const { effective } = await client.applications.traffic("relay");
  const good = effective[0]?.revision ?? 0;
  const start = performance.now();
  const revision = await update();
  let phase = "";
  let message = "";
  await waitUntil(
    `revision ${String(revision)} has failed`,
    async () => {
      const rollout = await client.applications.rollout("relay").catch(() => undefined);
      if (rollout !== undefined && rollout.to_revision === revision) ({ phase, message } = rollout);
      return phase === "failed";
    },
    90_000,
  );
  const failedMs = performance.now() - start;
  const restMs = await relay.waitSettled();
  const after = await relay.pids();
  const view = await client.applications.get("relay");
  const { traffic } = view;
  return {
    facts: [
      `given up after ${seconds(failedMs)}`,
      `nothing left of it ${seconds(restMs)} later`,
      `target revision ${String(view.target_revision)}, ${String(good)} serves on`,
    ],
    evidence: `${view.status}: ${view.message}\nrollout ${phase}: ${message}`,
    checks: {
      "the old processes serve on": before.every((pid) => after.includes(pid)),
      "all traffic on the revision before": traffic.effective.length === 1 && traffic.effective[0]?.revision === good,
    },
  };
}

/** The same application from code that throws when it is imported. */
async function deployUnimportable(product: RunningProduct, { client }: Relay): Promise<number> {
  await deployWithCli(product, join(checkoutRoot, "packages/bench/apps/relay-broken")).catch(() => undefined);
  return (await client.applications.get("relay")).target_revision;
}

function same(left: readonly number[], right: readonly number[]): boolean {
  return left.length === right.length && left.every((value, index) => value === right[index]);
}
