/** Nodes over REST: what people see and what they can ask for. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  getNodeIntent,
  listAuditEntries,
  listEvents,
  listLabelledNodes,
  saveNodeCredential,
  setNodeState,
} from "@sluice/db";
import { defaultProjectId as projectId } from "@sluice/db";
import { JoinTokenCreated, JoinTokenView, NodeView, Problem } from "@sluice/contracts";
import { startApi } from "../../../test/api-fixture.ts";
import type { ApiFixture, TestServer } from "../../../test/api-fixture.ts";
import { deployModel, storeNode, storeReplica } from "../../../test/stored-world.ts";

let fixture: ApiFixture;
let server: TestServer;
beforeAll(async () => {
  fixture = await startApi();
  server = await fixture.listen();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const call = (method: string, path: string, body?: unknown) =>
  fetch(`${server.url}/api/v1${path}`, {
    method,
    headers: { "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
const nodeOf = async (response: Promise<Response>) => NodeView.parse(await (await response).json());
const problemOf = async (response: Promise<Response>) => Problem.parse(await (await response).json());
const reasonsOf = async (nodeId: string) =>
  (await listEvents(fixture.db, { projectId, nodeId, limit: 50 })).items.map(({ reason, message }) => [
    reason,
    message,
  ]);
const asViewer = { kind: "api_key", name: "key ci", role: "viewer" } as const;

describe("GET /nodes", () => {
  it("shows what replicas hold: CPUs, memory, custom resources, and each GPU with who has it", async () => {
    const id = await storeNode(fixture, "seen");
    await deployModel(fixture, "holds");
    const replica = await storeReplica(fixture, "holds", id, { gpus: 0.5, gpuUuids: ["GPU-seen-1"] });
    const node = await nodeOf(call("GET", "/nodes/seen"));
    expect(node).toMatchObject({
      id,
      state: "ready",
      scheduling: "open",
      drain: null,
      removed_at: null,
      cpus_reserved: 0.5,
      memory_reserved_bytes: 1e9,
      gpus_reserved: 0.5,
      resources: { licence: { total: 4, reserved: 1 } },
      labels: { zone: "a" },
      label_overrides: {},
      replicas: 1,
    });
    expect(node.gpus.map(({ used_share, held_by }) => [used_share, held_by])).toEqual([
      [0, []],
      [0.5, [{ replica_id: replica.id, application: "holds", deployment: "Digits", share: 0.5 }]],
    ]);
    const listed = (await (await call("GET", "/nodes")).json()) as { items: unknown[] };
    expect(listed.items).toContainEqual(node);
  });

  it("answers 404 naming the node and those there are, and 409 for a name that two have", async () => {
    await storeNode(fixture, "twin");
    await storeNode(fixture, "twin");
    const missing = await problemOf(call("GET", "/nodes/nobody"));
    expect([missing.status, missing.code]).toEqual([404, "node/not_found"]);
    expect(missing.detail).toMatch(/`nobody`.*seen/);
    expect((await problemOf(call("POST", "/nodes/nobody/drain"))).code).toBe("node/not_found");
    expect(await problemOf(call("GET", "/nodes/twin"))).toMatchObject({ status: 409, code: "node/conflict" });
  });
});

describe("cordon, drain, uncordon", () => {
  it("say who asked, once, however often they are asked", async () => {
    const id = await storeNode(fixture, "steered");
    expect((await nodeOf(call("POST", "/nodes/steered/cordon"))).scheduling).toBe("cordoned");
    expect((await nodeOf(call("POST", "/nodes/steered/cordon"))).scheduling).toBe("cordoned");
    expect(await nodeOf(call("POST", `/nodes/${id}/drain`))).toMatchObject({
      scheduling: "draining",
      drain: { replicas_left: 0 },
    });
    expect(await nodeOf(call("POST", `/nodes/${id}/uncordon`))).toMatchObject({ scheduling: "open", drain: null });
    await call("POST", `/nodes/${id}/uncordon`);
    expect(await reasonsOf(id)).toEqual([
      ["NodeUncordoned", "Node steered was uncordoned by local: it takes new replicas again"],
      ["NodeDraining", expect.stringContaining("asked for by local")],
      ["NodeCordoned", "Node steered was cordoned by local: it takes no new replicas"],
    ]);
    const audit = await listAuditEntries(fixture.db, { projectId, objectId: id, limit: 10 });
    expect(audit.items.map(({ action }) => action)).toEqual(["node.uncordon", "node.drain", "node.cordon"]);
    expect(audit.items[1]).toMatchObject({ before: { scheduling: "cordoned" }, after: { scheduling: "draining" } });
  });

  it("are for admins", async () => {
    const id = await storeNode(fixture, "guarded");
    await expect(fixture.api.drainNode(asViewer, { id })).rejects.toMatchObject({ code: "auth/forbidden" });
    await expect(fixture.api.removeNode(asViewer, { id, force: true })).rejects.toMatchObject({
      code: "auth/forbidden",
    });
    expect(await getNodeIntent(fixture.db, id)).toBeNull();
    expect((await fixture.api.getNode(asViewer, { id })).name).toBe("guarded");
  });
});

describe("DELETE /nodes/{id}", () => {
  it("refuses a node that has replicas, says to drain it, and takes force", async () => {
    const id = await storeNode(fixture, "busy");
    await deployModel(fixture, "stays");
    await storeReplica(fixture, "stays", id);
    const refused = await problemOf(call("DELETE", "/nodes/busy"));
    expect([refused.status, refused.code]).toEqual([409, "node/conflict"]);
    expect(refused.detail).toMatch(/1 replica\..*Drain it first/);
    await call("POST", "/nodes/busy/drain");
    expect((await problemOf(call("DELETE", "/nodes/busy"))).detail).toContain("It is being drained");
    expect((await call("DELETE", "/nodes/busy?force=maybe")).status).toBe(400);
    const removed = await nodeOf(call("DELETE", "/nodes/busy?force=true"));
    expect(removed.removed_at).not.toBeNull();
    expect((await call("DELETE", `/nodes/${id}`)).status).toBe(200);
    expect((await reasonsOf(id)).filter(([reason]) => reason === "NodeRemoved")).toEqual([
      ["NodeRemoved", "Node busy was removed by local with 1 replica, which are replaced elsewhere"],
    ]);
  });

  it("needs no force for one that cannot be reached; then it takes no more orders until it is taken back", async () => {
    const id = await storeNode(fixture, "lost");
    await deployModel(fixture, "moved");
    await storeReplica(fixture, "moved", id);
    await setNodeState(fixture.db, id, "unreachable", "No heartbeat");
    expect((await call("DELETE", "/nodes/lost")).status).toBe(200);
    expect(await problemOf(call("POST", `/nodes/${id}/cordon`))).toMatchObject({ status: 409, code: "node/conflict" });
    expect(await nodeOf(call("POST", `/nodes/${id}/uncordon`))).toMatchObject({ removed_at: null, scheduling: "open" });
  });

  it("is not taken back by uncordon when the credential it joined with was revoked", async () => {
    const id = await storeNode(fixture, "joined");
    const credential = { nodeId: id, projectId, keyHash: "0".repeat(64) };
    await fixture.db.transaction((tx) => saveNodeCredential(tx, credential));
    expect((await call("DELETE", "/nodes/joined?force=true")).status).toBe(200);
    const refused = await problemOf(call("POST", `/nodes/${id}/uncordon`));
    expect([refused.status, refused.code]).toEqual([409, "node/conflict"]);
    expect(refused.detail).toBe(
      "Node `joined` was removed: let it join again with a new token (`sluice nodes token`).",
    );
    expect((await nodeOf(call("GET", `/nodes/${id}`))).removed_at).not.toBeNull();
  });
});

describe("PATCH /nodes/{id}", () => {
  it("lays labels over those of the agent, and placement sees them", async () => {
    const id = await storeNode(fixture, "tagged", { labels: { zone: "a", disk: "ssd" } });
    const patch = (labels: unknown) => nodeOf(call("PATCH", "/nodes/tagged", { labels }));
    expect(await patch({ zone: "b", disk: null, team: "nlp" })).toMatchObject({
      labels: { zone: "b", team: "nlp" },
      label_overrides: { zone: "b", disk: null, team: "nlp" },
    });
    const placed = (await listLabelledNodes(fixture.db)).find((node) => node.id === id);
    expect(placed?.facts.labels).toEqual({ zone: "b", team: "nlp" });
    expect(await patch({ zone: "a", team: null })).toMatchObject({
      labels: { zone: "a" },
      label_overrides: { disk: null },
    });
    expect((await reasonsOf(id))[0]).toEqual(["NodeLabelled", "Node tagged was labelled by local: zone=a, no team"]);
    const before = (await reasonsOf(id)).length;
    await patch({ zone: "a" });
    expect(await reasonsOf(id)).toHaveLength(before);
  });

  it.each([
    [{}, "#/labels"],
    [{ labels: {} }, "#/labels"],
    [{ labels: { zone: 4 } }, "#/labels/zone"],
    [{ labels: { "-zone": "a" } }, "#/labels/-zone"],
    [{ labels: { zone: "with space" } }, "#/labels/zone"],
    [{ labels: { zone: "a" }, state: "ready" }, "#/state"],
  ])("points at what is wrong in %j", async (body, pointer) => {
    const problem = await problemOf(call("PATCH", "/nodes/tagged", body));
    expect(problem.status).toBe(422);
    expect(problem.errors?.map((error) => error.pointer)).toContain(pointer);
  });
});

describe("join tokens", () => {
  it("are shown once, listed without their secret, and taken back", async () => {
    const response = await call("POST", "/nodes/join-tokens", { ttl_s: 600, name: "rack 2" });
    const created = JoinTokenCreated.parse(await response.json());
    expect([response.status, created.state, created.join_urls]).toEqual([201, "open", ["http://controller.test:8266"]]);
    expect(Date.parse(created.expires_at) - Date.parse(created.created_at)).toBeGreaterThan(590_000);
    const list = await (await call("GET", "/nodes/join-tokens")).text();
    expect(JoinTokenView.parse((JSON.parse(list) as { items: unknown[] }).items[0]).name).toBe("rack 2");
    expect(list).not.toContain(created.token);
    expect((await call("DELETE", `/nodes/join-tokens/${created.id}`)).status).toBe(204);
    expect((await problemOf(call("DELETE", `/nodes/join-tokens/${created.id}`))).code).toBe("join_token/not_found");
  });

  it("live an hour unless told otherwise, at least a minute and at most a week", async () => {
    const created = JoinTokenCreated.parse(await (await call("POST", "/nodes/join-tokens", {})).json());
    expect(Date.parse(created.expires_at) - Date.parse(created.created_at)).toBeGreaterThan(3_590_000);
    for (const ttl_s of [59, 604_801, 1.5, "3600"]) {
      expect((await problemOf(call("POST", "/nodes/join-tokens", { ttl_s }))).errors?.[0]?.pointer).toBe("#/ttl_s");
    }
    await expect(fixture.api.createJoinToken(asViewer, { ttl_s: 60, name: "" })).rejects.toMatchObject({
      code: "auth/forbidden",
    });
  });
});
