/** The Open Inference Protocol at the gateway's own `/v2`, through real sockets. */
import { expect, it } from "vitest";
import { httpResponseHead, type WireRequest } from "@sluice/wire";
import type { RoutingSlice } from "@sluice/contracts";
import { GatewayFixture, type FakeReplica } from "./gateway-fixture.ts";

/** An application `digits` that is one model, with these replicas. */
function modelSlice(fixture: GatewayFixture, replicas: readonly FakeReplica[]): RoutingSlice {
  const slice = fixture.slice(replicas, { application: "digits", routePrefix: "/digits" });
  const pools = Object.entries(slice.pools).map(([id, pool]) => [id, { ...pool, runtime: "onnx" }]);
  return { ...slice, pools: Object.fromEntries(pools) as RoutingSlice["pools"] };
}

const echo = (request: WireRequest): void => {
  const { head } = request;
  const target = head.kind === "http" ? head.target : "";
  request.respond(
    httpResponseHead(200, ["content-type", "application/octet-stream", "inference-header-content-length", "7"]),
    Buffer.from(`${target} ${String(head.revision)}`),
  );
};

it("hands a model's requests to its replicas below its own route, with their query and their revision", async () => {
  await using fixture = await GatewayFixture.start();
  const replica = await fixture.addReplica("one", echo);
  await fixture.route(modelSlice(fixture, [replica]));
  const response = await fetch(`${fixture.url}/v2/models/digits/versions/1/infer?x=1`, { method: "POST", body: "{}" });
  expect(await response.text()).toBe("/digits/v2/models/digits/versions/1/infer?x=1 1");
  expect(response.headers.get("inference-header-content-length")).toBe("7");
  expect(response.headers.get("content-type")).toBe("application/octet-stream");
  const below = await fetch(`${fixture.url}/digits/v2/models/digits`);
  expect(await below.text()).toBe("/digits/v2/models/digits 1");
});

it("answers for the server and for readiness itself, by status and in JSON", async () => {
  await using fixture = await GatewayFixture.start();
  const ask = async (path: string, method = "GET") => {
    const response = await fetch(`${fixture.url}${path}`, { method });
    return {
      status: response.status,
      type: response.headers.get("content-type"),
      body: await response.json(),
    };
  };
  expect((await ask("/v2/health/ready")).status).toBe(503);
  const replica = await fixture.addReplica("one", echo);
  await fixture.route(modelSlice(fixture, [replica]));
  const type = "application/json";
  expect(await ask("/v2/health/ready")).toEqual({ status: 200, type, body: { ready: true } });
  expect(await ask("/v2/health/live")).toEqual({ status: 200, type, body: { live: true } });
  expect(await ask("/v2")).toMatchObject({ status: 200, body: { name: "sluice", extensions: ["binary_tensor_data"] } });
  expect(await ask("/v2/models/digits/ready")).toEqual({ status: 200, type, body: { name: "digits", ready: true } });
  expect(await ask("/v2/repository/index", "POST")).toMatchObject({
    status: 200,
    body: [{ name: "digits", state: "READY" }],
  });
  expect(await ask("/v2/models/other")).toMatchObject({
    status: 404,
    type,
    body: { error: expect.stringContaining("Models: digits") },
  });
  await fixture.route(modelSlice(fixture, []));
  expect(await ask("/v2/models/digits/ready")).toEqual({ status: 503, type, body: { name: "digits", ready: false } });
});

it("tells in `error` why it could not serve a model's request, as clients of the protocol expect", async () => {
  await using fixture = await GatewayFixture.start({ maxBodyBytes: 1_000 });
  const replica = await fixture.addReplica("one", echo);
  await fixture.route(modelSlice(fixture, [replica]));
  const send = async (path: string) => fetch(`${fixture.url}${path}`, { method: "POST", body: "x".repeat(2_000) });
  const response = await send("/v2/models/digits/infer");
  expect(response.status).toBe(413);
  const problem = (await response.json()) as { error?: string; detail: string };
  expect(problem.error).toBe(problem.detail);
  expect(await (await send("/digits")).json()).not.toHaveProperty("error");
});
