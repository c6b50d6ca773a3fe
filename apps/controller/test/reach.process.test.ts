/** Nodes that gateways do not reach: said on the node, and no replicas there. */
import { getNode } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";

const messageOf = async (fixture: ControllerFixture): Promise<string | undefined> =>
  (await getNode(fixture.db, "node-1"))?.message;

it("a node on another machine without a data address takes no replicas, and says what to do", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await fixture.gateway(port, "gateway-1", "machine-1");
  const agent = await fixture.agent(port, { machineId: "machine-2" });
  const reason = "it advertises no data address; start its agent with --data-address";
  await eventually(async () => expect(await messageOf(fixture)).toBe(reason));
  await putApplication(fixture.db);
  await eventually(async () => expect((await fixture.status())?.message).toContain(reason));
  expect(agent.running()).toEqual([]);
});

it("a node takes replicas once gateways reach it, and none while they do not", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const gateway = await fixture.gateway(port, "gateway-1", "machine-1");
  const agent = await fixture.agent(port, { machineId: "machine-2", dataAddress: "10.0.0.7" });
  const address = { kind: "tls", host: "10.0.0.7", port: 4000 } as const;
  agent.send({ type: "data_listener", address });
  await eventually(() => expect(gateway.toTry.at(-1)).toEqual([{ nodeId: "node-1", address }]));
  const told = (error: string | null): void =>
    gateway.send({ type: "node_reach", nodes: [{ nodeId: "node-1", error }] });
  told("connection refused");
  const reason = "gateways cannot reach 10.0.0.7: connection refused";
  await eventually(async () => expect(await messageOf(fixture)).toBe(reason));
  await putApplication(fixture.db);
  await eventually(async () => expect((await fixture.status())?.message).toContain(reason));
  expect(await fixture.events("NodeNotReached")).toContain(`Node node-1 takes no replicas: ${reason}.`);
  told(null);
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(1));
  expect(await messageOf(fixture)).toBe("");
});
