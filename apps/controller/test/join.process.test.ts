/** Machines that join: tokens, credentials, and what a credential reaches. */
import { readFile } from "node:fs/promises";
import { request as httpsRequest } from "node:https";
import path from "node:path";
import { Readable } from "node:stream";
import { controllerPaths, JoinAnswer, Problem, type NodeFacts } from "@sluice/contracts";
import { defaultProjectId, getNode, revokeNodeCredential, writeBundle } from "@sluice/db";
import { expect, it } from "vitest";
import { ControllerFixture, eventually } from "./controller-fixture.ts";
import { FakeGateway } from "./fake-gateway.ts";
import { letIn, wishNode } from "./node-wishes.ts";

const node = (nodeId: string): NodeFacts => ({
  nodeId,
  name: nodeId,
  hostname: "host",
  dataAddress: "local",
  cpus: 2,
  memoryBytes: 4e9,
  gpus: [],
  custom: {},
  labels: {},
  agentVersion: "0.1.0",
  platform: "linux-x64",
});

const post = (port: number, token: string | null, body: unknown) =>
  fetch(`http://127.0.0.1:${String(port)}${controllerPaths.join}`, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token === null ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });
const join = async (port: number, token: string, nodeId: string) =>
  JoinAnswer.parse(await (await post(port, token, { node: node(nodeId) })).json());
const refusal = async (response: Promise<Response>) => {
  const { status, code, detail } = Problem.parse(await (await response).json());
  return { status, code, detail };
};

it("a token lets one machine in, once, and its credential says hello as that node and no other", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await letIn(fixture.db, "slj_once");
  const { credential } = await join(port, "slj_once", "remote-1");
  expect(credential).toMatch(/^sln_.{40,}$/);
  expect(await refusal(post(port, "slj_once", { node: node("remote-2") }))).toMatchObject({
    status: 403,
    code: "join/used_token",
  });
  await fixture.agent(port, { nodeId: "remote-1", secret: credential });
  await eventually(async () => expect((await getNode(fixture.db, "remote-1"))?.state).toBe("ready"));
  const impostor = await fixture.agent(port, { nodeId: "remote-2", secret: credential });
  await eventually(() => expect(impostor.closed).toContain("belongs to node remote-1, not to remote-2"));
  expect(await getNode(fixture.db, "remote-2")).toBeNull();
});

it("tells unknown, expired and malformed apart, and a taken node from a new one", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await letIn(fixture.db, "slj_late", -1);
  await letIn(fixture.db, "slj_good");
  expect(await refusal(post(port, "slj_nobodys", { node: node("n") }))).toMatchObject({
    status: 401,
    code: "join/unknown_token",
  });
  expect(await refusal(post(port, null, { node: node("n") }))).toMatchObject({ code: "join/unknown_token" });
  expect(await refusal(post(port, "slj_late", { node: node("n") }))).toMatchObject({
    status: 403,
    code: "join/expired_token",
    detail: expect.stringContaining("ran out at") as string,
  });
  expect(await refusal(post(port, "slj_good", { node: { nodeId: 4 } }))).toMatchObject({ code: "request/invalid" });
  const agent = await fixture.agent(port, { nodeId: "taken" });
  await eventually(async () => expect((await getNode(fixture.db, "taken"))?.state).toBe("ready"));
  expect(await refusal(post(port, "slj_good", { node: node("taken") }))).toMatchObject({ code: "node/conflict" });
  // Nor while it is silent: a token is no key to another machine's node.
  agent.stop();
  await eventually(async () =>
    expect(await refusal(post(port, "slj_good", { node: node("taken") }))).toMatchObject({
      code: "node/conflict",
      detail: expect.stringContaining("is known") as string,
    }),
  );
  // What was refused did not spend the token.
  expect((await post(port, "slj_good", { node: node("n") })).status).toBe(200);
});

it("a node's credential fetches bundles and reaches nothing else", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await letIn(fixture.db, "slj_reach");
  const { credential } = await join(port, "slj_reach", "remote-1");
  const input = { projectId: defaultProjectId, name: "b", kind: "file", createdBy: "test", files: [] } as const;
  const { bundle } = await writeBundle(fixture.db, input, Readable.from([Buffer.from("bytes")]));
  const get = (where: string) =>
    fetch(`http://127.0.0.1:${String(port)}${where}`, { headers: { authorization: `Bearer ${credential}` } });
  expect(await (await get(`${controllerPaths.bundles}/${String(bundle.sha256)}`)).text()).toBe("bytes");
  expect(await refusal(get(controllerPaths.metrics))).toMatchObject({ status: 403, code: "auth/forbidden" });
  expect(await refusal(get(controllerPaths.join))).toMatchObject({ status: 403 });
  const gateway = new FakeGateway({ gatewayId: "g", secret: credential });
  await expect(gateway.connect(port)).rejects.toThrow("403");
});

it("a removed node's credential is worth nothing, until it joins again with a new token", async () => {
  await using fixture = await ControllerFixture.open();
  const { port } = await fixture.leader();
  await letIn(fixture.db, "slj_1");
  await letIn(fixture.db, "slj_2");
  const { credential } = await join(port, "slj_1", "remote-1");
  await wishNode(fixture.db, "remote-1", { removedAtMs: Date.now() });
  await fixture.db.transaction((tx) => revokeNodeCredential(tx, "remote-1"));
  const refused = await fixture.agent(port, { nodeId: "remote-1", secret: credential });
  await eventually(() => expect(refused.closed).toBe("This node was removed by ann. Join again with a new token."));
  // So it has no certificate renewed either: those are asked for over the link. Nor does anything else let it in again.
  expect(refused.welcomes).toEqual([]);
  const bundle = fetch(`http://127.0.0.1:${String(port)}${controllerPaths.bundles}/${"0".repeat(64)}`, {
    headers: { authorization: `Bearer ${credential}` },
  });
  expect(await refusal(bundle)).toMatchObject({ status: 403, code: "node/removed" });
  expect(await refusal(post(port, "slj_1", { node: node("remote-1") }))).toMatchObject({ code: "join/used_token" });
  const again = await join(port, "slj_2", "remote-1");
  await fixture.agent(port, { nodeId: "remote-1", secret: again.credential });
  await eventually(async () => expect((await getNode(fixture.db, "remote-1"))?.state).toBe("ready"));
});

it("a standby says where the leader is instead of letting in", async () => {
  await using fixture = await ControllerFixture.open();
  const leader = await fixture.leader();
  const standby = await fixture.controller();
  await letIn(fixture.db, "slj_standby");
  expect(await refusal(post(standby.port, "slj_standby", { node: node("n") }))).toMatchObject({
    status: 503,
    detail: `This controller stands by; the leader is at http://127.0.0.1:${String(leader.port)}.`,
  });
  // Who has no token is not let wait for what becomes known, and a token that was refused is not spent.
  expect(await refusal(post(standby.port, "slj_nobodys", { node: node("n") }))).toMatchObject({
    status: 401,
    code: "join/unknown_token",
  });
  expect((await post(leader.port, "slj_standby", { node: node("n") })).status).toBe(200);
  expect(await refusal(post(standby.port, "slj_standby", { node: node("n") }))).toMatchObject({
    code: "join/used_token",
  });
});

it("the door for other machines speaks TLS and knows only what nodes need", async () => {
  await using fixture = await ControllerFixture.open();
  const files = {
    certFile: path.join(import.meta.dirname, "tls/cert.pem"),
    keyFile: path.join(import.meta.dirname, "tls/key.pem"),
  };
  const ca = await readFile(files.certFile);
  const nodeDoor = { host: "127.0.0.1", port: 0, ...files, url: null };
  const { nodePort } = await fixture.leader({ nodeDoor });
  await letIn(fixture.db, "slj_tls");
  const call = (method: string, where: string, token: string, body = "") =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const options = { host: "127.0.0.1", port: nodePort ?? 0, method, path: where, headers, ca };
      const sent = httpsRequest(options, (response) => {
        let text = "";
        response.on("data", (chunk: Buffer) => (text += chunk.toString()));
        response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
      });
      sent.on("error", reject);
      sent.end(body);
    });
  const joined = await call("POST", controllerPaths.join, "slj_tls", JSON.stringify({ node: node("far") }));
  const { credential } = JoinAnswer.parse(JSON.parse(joined.text));
  expect((await call("GET", `${controllerPaths.bundles}/${"0".repeat(64)}`, credential)).status).toBe(404);
  for (const where of ["/healthz", "/metrics"]) expect((await call("GET", where, credential)).status).toBe(404);
  expect((await call("GET", controllerPaths.metrics, credential)).status).toBe(403);
});
