/** Logs over the controller's internal HTTP: from the node that has them, while anybody reads. */
import { controllerPaths, Problem } from "@sluice/contracts";
import { deleteReplica } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually, secret } from "./controller-fixture.ts";
import { putApplication } from "./intent.ts";

const read = (port: number, replicaId: string, query = "", signal?: AbortSignal) =>
  fetch(`http://127.0.0.1:${String(port)}${controllerPaths.replicas}/${replicaId}/logs${query}`, {
    headers: { authorization: `Bearer ${secret}` },
    ...(signal === undefined ? {} : { signal }),
  });
const problemOf = async (response: Promise<Response>) => Problem.parse(await (await response).json());

/** A replica that runs on node-1. */
async function running(fixture: ControllerFixture, port: number) {
  const agent = await fixture.agent(port);
  await putApplication(fixture.db);
  await eventually(() => expect(agent.running()).toHaveLength(1));
  await eventually(async () => expect((await fixture.replicas())[0]?.stage).toBe("ready"));
  return { agent, replicaId: agent.running()[0]?.replicaId ?? "" };
}

it("tells what the replica wrote, and also once its row is gone, wherever it ran", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const { agent, replicaId } = await running(fixture, port);
  await fixture.agent(port, { nodeId: "node-2" });
  agent.logs.set(replicaId, ["one\n", "two\n"]);
  const response = await read(port, replicaId);
  expect([response.status, response.headers.get("content-type")]).toEqual([200, "text/plain; charset=utf-8"]);
  expect(await response.text()).toBe("one\ntwo\n");
  await deleteReplica(fixture.db, replicaId);
  expect(await (await read(port, replicaId)).text()).toBe("one\ntwo\n");
  await eventually(async () => {
    expect(await problemOf(read(port, "nobody"))).toMatchObject({ status: 404, code: "replica/not_found" });
  });
});

it("follows while somebody reads, and tells the agent when nobody does any more", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const { agent, replicaId } = await running(fixture, port);
  agent.logs.set(replicaId, ["one\n"]);
  const reader = new AbortController();
  const response = await read(port, replicaId, "?follow=true", reader.signal);
  const body = response.body?.getReader();
  expect(new TextDecoder().decode((await body?.read())?.value)).toBe("one\n");
  const requestId = agent.followed[0] ?? "";
  agent.send({ type: "log_chunk", requestId, text: "later\n", done: false });
  expect(new TextDecoder().decode((await body?.read())?.value)).toBe("later\n");
  expect(agent.stoppedLogs).toEqual([]);
  reader.abort();
  await eventually(() => expect(agent.stoppedLogs).toEqual([requestId]));
});

it("says that the node is away, and ends a followed log in words when the node is lost", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  const { agent, replicaId } = await running(fixture, port);
  agent.logs.set(replicaId, ["one\n"]);
  const followed = await read(port, replicaId, "?follow=true");
  agent.stop();
  expect(await followed.text()).toBe("one\n\n[sluice] the log ends here: node node-1 was lost\n");
  await eventually(async () => {
    const problem = await problemOf(read(port, replicaId));
    expect([problem.status, problem.code]).toEqual([503, "logs/unavailable"]);
    expect(problem.detail).toMatch(/ran on node node-1, which is not connected now/);
  });
  expect(await problemOf(read(port, replicaId, "?follow=maybe"))).toMatchObject({ status: 400 });
});
