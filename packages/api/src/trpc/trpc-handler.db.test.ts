/** The dashboard's door over real HTTP, with the client that the dashboard uses. */
import { randomUUID } from "node:crypto";
import { createTRPCClient, httpBatchLink, TRPCClientError } from "@trpc/client";
import { afterAll, beforeAll, expect, it } from "vitest";
import superjson from "superjson";
import type { LiveChange } from "@sluice/contracts";
import { appendEvents, defaultProjectId, getApplication as getStored } from "@sluice/db";
import { startApi } from "../../test/api-fixture.ts";
import type { ApiFixture, TestServer } from "../../test/api-fixture.ts";
import type { AppRouter } from "./app-router.ts";

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

function connect(url = server.url) {
  const link = { url: `${url}/api/trpc`, transformer: superjson };
  return createTRPCClient<AppRouter>({ links: [httpBatchLink(link)] });
}

async function deploy(name: string): Promise<string> {
  const bundle = await fixture.storeBundle("file");
  const request = { ...fixture.admin };
  const spec = { route_prefix: `/${name}`, deployments: [{ name: "M", model: `bundle:${bundle.sha256}` }] };
  const work = fixture.api.putApplication(request, { name, spec });
  await expect
    .poll(
      () =>
        fixture.completeAll({
          ingress: "m",
          deployments: [{ options: { name: "m", runtime: "onnx" }, outbound: [], methods: [], inputs: [] }],
        }),
      { timeout: 9000 },
    )
    .toBe(1);
  await work;
  const application = await getStored(fixture.db, { projectId: defaultProjectId, name });
  return application?.id ?? "";
}

it("answers several queries of one batch, with the types of the router", async () => {
  const client = connect();
  const [page, nodes, health] = await Promise.all([
    client.applications.list.query({}),
    client.nodes.list.query(),
    client.system.health.query(),
  ]);
  expect([page.items, nodes.items, health.database]).toEqual([[], [], true]);
});

it("answers a batch 207 when a call in it was refused, and tells the history of what was deleted", async () => {
  const at = { projectId: defaultProjectId, application: "gone", applicationId: randomUUID() };
  await appendEvents(fixture.db, [
    { ...at, reason: "ApplicationDeleted", severity: "info", message: "Everything stopped" },
  ]);
  const client = connect();
  expect((await client.events.list.query({ application: "gone" })).items.map((event) => event.message)).toEqual([
    "Everything stopped",
  ]);
  await expect(client.events.list.query({ application: "never" })).rejects.toThrow("There is no application");
  const input = encodeURIComponent(JSON.stringify({ 0: { json: { name: "gone" } } }));
  const response = await fetch(`${server.url}/api/trpc/applications.get?batch=1&input=${input}`);
  expect(response.status).toBe(207);
  expect(await response.json()).toMatchObject([{ error: { json: { data: { problem: { status: 404 } } } } }]);
});

it("carries the same problem as REST with an error, field issues included", async () => {
  const error = await connect()
    .applications.put.mutate({ name: "bad", spec: { deployments: [{ name: "M", num_replicas: 0 }] } })
    .catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(TRPCClientError);
  const { data } = error as TRPCClientError<AppRouter>;
  expect([data?.httpStatus, data?.problem.code]).toEqual([422, "spec/invalid"]);
  expect(data?.problem.errors?.[0]?.pointer).toBe("#/deployments/0/num_replicas");
  const input = await connect()
    .applications.get.query({ name: "no spaces" })
    .catch((caught: unknown) => caught);
  expect((input as TRPCClientError<AppRouter>).data?.problem).toMatchObject({
    status: 400,
    errors: [{ pointer: "#/name" }],
  });
});

it("refuses a caller without a credential when an admin token is set", async () => {
  await using guarded = await fixture.listen({ adminToken: "a-long-admin-token" });
  const error = await connect(guarded.url)
    .nodes.list.query()
    .catch((caught: unknown) => caught);
  expect((error as TRPCClientError<AppRouter>).data?.problem.status).toBe(401);
});

it("sends the playground's call below the application's prefix, and no header that speaks for the dashboard", async () => {
  await deploy("play");
  const client = connect();
  await client.playground.send.mutate({
    application: "play",
    method: "POST",
    path: "predict",
    headers: { "X-Key": "1" },
    body: { encoding: "text", data: "{}" },
  });
  expect(fixture.sent).toEqual([{ path: "/play/predict", headers: { "x-key": "1" } }]);
  const forged = await client.playground.send
    .mutate({ application: "play", headers: { Cookie: "sluice_session=x", Host: "evil", "X-Key": "1" } })
    .catch((caught: unknown) => caught);
  expect((forged as TRPCClientError<AppRouter>).data?.problem).toMatchObject({
    status: 400,
    errors: [
      { pointer: "#/headers/Cookie", detail: expect.stringContaining("`cookie` could be one of the dashboard") },
      { pointer: "#/headers/Host", detail: expect.stringContaining("`host` names the gateway") },
    ],
  });
  expect(fixture.sent).toHaveLength(1);
  const outside = await client.playground.send
    .mutate({ application: "play", path: "/../other" })
    .catch((caught: unknown) => caught);
  expect((outside as TRPCClientError<AppRouter>).data?.problem.status).toBe(400);
});

it("tells a subscriber everything first, then the names that changed, at most twice a second", async () => {
  const id = await deploy("lively");
  const abort = new AbortController();
  const seen: { change: LiveChange; atMs: number }[] = [];
  const watching = (async () => {
    for await (const change of fixture.api.watchChanges(fixture.admin, abort.signal)) {
      seen.push({ change, atMs: performance.now() });
    }
  })();
  await expect.poll(() => seen.length).toBe(1);
  for (let count = 0; count < 50; count += 1) fixture.change(id);
  await expect.poll(() => seen.length, { timeout: 5000 }).toBe(2);
  expect(seen.map(({ change }) => change.applications)).toEqual(["all", ["lively"]]);
  expect(seen[1]!.atMs - seen[0]!.atMs).toBeGreaterThan(490);
  fixture.change("an application that is gone");
  await expect.poll(() => seen.at(-1)?.change.applications, { timeout: 5000 }).toBe("all");
  abort.abort();
  await watching;
});

it("streams changes to the dashboard's subscription link", async () => {
  // Node has no EventSource: a reader of the stream stands in for the browser.
  const response = await fetch(`${server.url}/api/trpc/live.changes`, { headers: { accept: "text/event-stream" } });
  expect(response.headers.get("content-type")).toContain("text/event-stream");
  const reader = response.body!.getReader();
  let text = "";
  while (!text.includes('"all"')) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
});
