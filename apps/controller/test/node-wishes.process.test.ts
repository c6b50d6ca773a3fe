/** Cordon, drain, labels and removal of nodes, as agents and rows see them. */
import { getNode } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";
import { wishNode } from "./node-wishes.ts";

const stateOf = async (fixture: ControllerFixture, nodeId: string) => (await getNode(fixture.db, nodeId))?.state;

it("a cordoned node keeps what it runs and takes nothing new, also after it was away", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader({ heartbeatTimeoutMs: 3_000 });
  const first = await fixture.agent(port);
  await putApplication(fixture.db, { name: "a" });
  await eventually(() => expect(first.running()).toHaveLength(1));
  await wishNode(fixture.db, "node-1", { scheduling: "cordoned" });
  await eventually(async () => expect(await stateOf(fixture, "node-1")).toBe("cordoned"));
  await putApplication(fixture.db, { name: "b" });
  await eventually(async () => {
    const waiting = (await fixture.replicas()).find((replica) => replica.stage === "pending");
    expect(waiting?.message).toContain("cordoned");
  });
  expect(first.running()).toHaveLength(1);
  first.stop();
  await eventually(async () => expect(await stateOf(fixture, "node-1")).toBe("unreachable"));
  await first.connect(port);
  await eventually(async () => expect(await stateOf(fixture, "node-1")).toBe("cordoned"));
  await wishNode(fixture.db, "node-1", { scheduling: "open" });
  await eventually(() => expect(first.running().length).toBeGreaterThanOrEqual(2));
  expect(await stateOf(fixture, "node-1")).toBe("ready");
});

it("drains a node: replacements serve elsewhere before its replicas go, then it says that it is empty, once", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const leaving = await fixture.agent(port);
  const gateway = await fixture.gateway(port);
  await putApplication(fixture.db, { replicas: 2 });
  await eventually(() => expect(gateway.backends("digits")).toHaveLength(2));
  const staying = await fixture.agent(port, { nodeId: "node-2" });
  await wishNode(fixture.db, "node-1", { scheduling: "draining" });
  let fewest = Number.POSITIVE_INFINITY;
  await eventually(() => {
    fewest = Math.min(fewest, gateway.backends("digits").length);
    expect(staying.running()).toHaveLength(2);
    expect(leaving.running()).toEqual([]);
  });
  expect(fewest).toBeGreaterThanOrEqual(2);
  await eventually(async () => {
    expect(await getNode(fixture.db, "node-1")).toMatchObject({
      state: "draining",
      message: expect.stringContaining("Drained") as string,
    });
  });
  expect(await fixture.events("NodeDrained")).toEqual(["Node node-1 is drained: no replicas are left"]);
});

it("says why a drain cannot finish, with the deployment whose replacement waits", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const leaving = await fixture.agent(port);
  await putApplication(fixture.db, { cpus: 2 });
  await eventually(() => expect(leaving.running()).toHaveLength(1));
  await fixture.agent(port, { nodeId: "small", cpus: 1 });
  await wishNode(fixture.db, "node-1", { scheduling: "draining" });
  await eventually(async () => {
    const { message = "" } = (await getNode(fixture.db, "node-1")) ?? {};
    expect(message).toMatch(
      /^Draining: 1 replica is left\. The replacement of digits\/\S+ waits for room: small: .*CPU/,
    );
  });
});

it("a removed node stops what it runs, is refused with the reason, and comes back when it is taken back", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const removed = await fixture.agent(port);
  await putApplication(fixture.db);
  await eventually(() => expect(removed.running()).toHaveLength(1));
  await wishNode(fixture.db, "node-1", { removedAtMs: Date.now() });
  const other = await fixture.agent(port, { nodeId: "node-2" });
  await eventually(() => expect(other.running()).toHaveLength(1));
  await eventually(() => expect(removed.running()).toEqual([]));
  await eventually(() => expect(removed.refusals.join()).toContain("was removed by ann"));
  await eventually(() => expect(removed.closed).toContain("was removed by ann"));
  expect(await stateOf(fixture, "node-1")).toBe("gone");
  const before = removed.refusals.length;
  await removed.connect(port);
  await eventually(() => expect(removed.refusals.length).toBeGreaterThan(before));
  expect(await stateOf(fixture, "node-1")).toBe("gone");
  await wishNode(fixture.db, "node-1", { removedAtMs: null });
  await eventually(async () => {
    if (removed.closed !== null) await removed.connect(port);
    expect(await stateOf(fixture, "node-1")).toBe("ready");
  });
});
