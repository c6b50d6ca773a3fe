import { getNode } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";

const short = { heartbeatTimeoutMs: 1_500 };

it("gives up the replicas of a silent node, places others where there is room, and tells the gateways", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader(short);
  const silent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  const [old] = gateway.backends("digits");
  const spare = await fixture.agent(port, { nodeId: "node-2" });
  silent.freeze();
  await eventually(() => expect(spare.running()).toHaveLength(1));
  await eventually(() => expect(gateway.backends("digits")).toEqual([spare.running()[0]?.replicaId]));
  expect((await getNode(fixture.db, "node-1"))?.state).toBe("unreachable");
  expect(await fixture.events("NodeUnreachable")).toHaveLength(1);
  await eventually(async () => {
    const replica = (await fixture.replicas()).find((each) => each.id === old);
    expect(replica).toMatchObject({ stage: "failed" });
    expect(replica?.message).toContain("unreachable");
  });
  // Back again: what it still runs was replaced, so it is stopped, not doubled.
  await silent.connect(port);
  await eventually(() => expect(silent.running()).toEqual([]));
  await eventually(async () => expect(await fixture.events("NodeReady")).toContain("Node node-1 is back"));
  expect(gateway.backends("digits")).toEqual([spare.running()[0]?.replicaId]);
});

it("says why a replacement cannot be placed, and keeps what may still serve", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader(short);
  const silent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, { cpus: 2 });
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  await fixture.agent(port, { nodeId: "small", cpus: 1 });
  silent.freeze();
  await eventually(async () => {
    const waiting = (await fixture.replicas()).find((replica) => replica.stage === "pending");
    expect(waiting?.message).toMatch(/CPU/i);
    expect(waiting?.message).toContain("small");
  });
  expect(gateway.backends("digits")).toHaveLength(1);
});

it("does not double or stop replicas when an agent reconnects, and still hands it later assignments", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  for (const name of ["a", "b"]) await putApplication(fixture.db, { name });
  await eventually(() => expect([...gateway.backends("a"), ...gateway.backends("b")]).toHaveLength(2));
  const before = agent.running().map((replica) => replica.replicaId);
  // The old link is cut while the new one opens: its late close must not remove the new session.
  await agent.connect(port);
  await eventually(() => expect(agent.welcomes).toHaveLength(2));
  await putApplication(fixture.db, { name: "c" });
  await eventually(() => expect(gateway.backends("c")).toHaveLength(1));
  expect(agent.running().map((replica) => replica.replicaId)).toEqual(expect.arrayContaining(before));
  expect(agent.running()).toHaveLength(3);
  expect(await fixture.events("ReplicaReplaced")).toEqual([]);
});

it("replaces what an agent no longer has when it comes back", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const agent = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db);
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  const [old] = gateway.backends("digits");
  agent.stop();
  const reborn = await fixture.agent(port);
  await eventually(() => expect(reborn.running()).toHaveLength(1));
  await eventually(() => expect(gateway.backends("digits")).toEqual([reborn.running()[0]?.replicaId]));
  expect((await fixture.replicas()).find((replica) => replica.id === old)?.message).toBe(
    "its node's agent no longer has it",
  );
});
