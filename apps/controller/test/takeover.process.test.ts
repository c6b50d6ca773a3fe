import { controllerPaths } from "@sluice/contracts";
import { fenced, getLease, listGateways, notify } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually, healthOf, metricsOf, secret } from "./controller-fixture.ts";
import { startControllerProcess } from "./controller-process.ts";
import { putApplication } from "./intent.ts";

/** Long enough that a busy machine does not take a slow leader for a dead one. */
const leaseTtlMs = 6_000;

it("hands over to the standby when the leader is killed: next epoch, replicas adopted, old epoch fenced off", async () => {
  await using fixture = await ControllerFixture.open();
  await using first = await startControllerProcess(fixture.url, leaseTtlMs);
  await eventually(async () => expect(await healthOf(first.port)).toMatchObject({ role: "leader" }));
  const formerEpoch = (await getLease(fixture.db))?.epoch ?? 0;
  const standby = await fixture.controller({ leaseTtlMs, heartbeatTimeoutMs: 2_000 });
  const agent = await fixture.agent(first.port);
  const gateway = await fixture.gateway(first.port);
  const lost = await fixture.gateway(first.port, "gateway-lost");
  await putApplication(fixture.db, { replicas: 2 });
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(2));
  await eventually(() => expect(lost.backends("digits")).toHaveLength(2));
  const replicas = gateway.backends("digits");

  // While another one leads, both kinds of links are refused with the leader's address.
  expect(await healthOf(standby.port)).toMatchObject({ role: "standby", epoch: null });
  const early = await fixture.agent(standby.port, { nodeId: "node-early" });
  await eventually(() => expect(early.closed).not.toBeNull());
  expect(early.refusals[0]).toBe(`This controller stands by; the leader is at http://127.0.0.1:${String(first.port)}.`);
  const describe = await fetch(`http://127.0.0.1:${String(standby.port)}${controllerPaths.describe}`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" },
    body: JSON.stringify({
      request: { runtime: "node", bundle: "a", importPath: "a:b", args: {}, envVars: {} },
      timeout_ms: 100,
    }),
  });
  expect(describe.status).toBe(503);

  await first.kill();
  await eventually(async () => expect(await healthOf(standby.port)).toMatchObject({ role: "leader" }));
  const lease = await getLease(fixture.db);
  expect(lease?.address).toBe(`http://127.0.0.1:${String(standby.port)}`);
  expect(lease?.epoch).toBeGreaterThan(formerEpoch);
  await Promise.all([agent.connect(standby.port), gateway.connect(standby.port)]);
  await eventually(() => expect(gateway.slice("digits")?.epoch).toBe(lease?.epoch));
  expect(gateway.fullSets.at(-1)).toEqual(["digits"]);
  await eventually(() => expect(gateway.backends("digits")).toEqual(replicas));
  await eventually(async () => expect((await fixture.status())?.state).toBe("RUNNING"));
  expect(
    agent
      .running()
      .map((replica) => replica.replicaId)
      .sort(),
  ).toEqual(replicas);
  await expect(fenced(fixture.db, formerEpoch, (tx) => notify(tx, "sluice_status"))).rejects.toMatchObject({
    code: "controller/stale_epoch",
  });
  await eventually(async () => {
    const connected = (await listGateways(fixture.db)).filter((each) => each.connected).map((each) => each.id);
    expect(connected).toEqual(["gateway-1"]);
  });
  // It does more than keep: a new application is brought up.
  await putApplication(fixture.db, { name: "hello" });
  await eventually(() => expect(gateway.backends("hello")).toHaveLength(1));
});

it("gives the lease back when it stops, and the next one leads at once", async () => {
  await using fixture = await ControllerFixture.open();
  const first = await fixture.leader({ leaseTtlMs: 60_000 });
  const standby = await fixture.controller({ leaseTtlMs });
  expect(await metricsOf(standby.port)).toContain("sluice_controller_is_leader 0");
  await first.stop();
  await eventually(async () => expect(await healthOf(standby.port)).toMatchObject({ role: "leader" }));
  expect(await metricsOf(standby.port)).toContain("sluice_controller_is_leader 1");
});
