import { describe, expect, it } from "vitest";
import type { RoutingSlice } from "@sluice/contracts";
import { buildPool, buildSlice } from "../../test/build-slice.ts";
import { decideModelRoute } from "./decide-model-route.ts";
import { compileRoutes } from "./match-route.ts";
import { parseModelPath } from "./model-path.ts";

const model = (overrides: Partial<RoutingSlice> = {}): RoutingSlice =>
  buildSlice({
    application: "digits",
    routePrefix: "/digits",
    pools: { p1: buildPool({ runtime: "onnx" }), p2: buildPool({ poolId: "p2", runtime: "onnx" }) },
    revisions: { "1": { ingress: "d", pools: { d: "p1" } }, "2": { ingress: "d", pools: { d: "p2" } } },
    variants: [
      { variant: "r1", revision: 1, weight: 75 },
      { variant: "r2", revision: 2, weight: 25 },
    ],
    ...overrides,
  });
const code = (overrides: Partial<RoutingSlice> = {}): RoutingSlice =>
  buildSlice({
    application: "code",
    routePrefix: "/code",
    pools: { p1: buildPool({ runtime: "node" }), m: buildPool({ poolId: "m", deployment: "inner", runtime: "onnx" }) },
    revisions: { "1": { ingress: "d", pools: { d: "p1", inner: "m" } } },
    ...overrides,
  });

const decide = (slices: RoutingSlice[], path: string, { method = "GET", u = 0, isReady = true } = {}) =>
  decideModelRoute(compileRoutes(slices), { method, path, isReady }, u);

describe("a request for a model", () => {
  it.each([
    ["/v2/models/digits", 0, "r1", "p1", "/digits/v2/models/digits"],
    ["/v2/models/digits", 0.8, "r2", "p2", "/digits/v2/models/digits"],
    ["/v2/models/digits/infer", 0, "r1", "p1", "/digits/v2/models/digits/infer"],
    ["/v2/models/digits/versions/2/infer", 0, "r2", "p2", "/digits/v2/models/digits/versions/2/infer"],
    ["/v2/models/d%69gits/versions/1", 0.9, "r1", "p1", "/digits/v2/models/d%69gits/versions/1"],
    ["/v2/models/digits/stats", 0, "r1", "p1", "/digits/v2/models/digits/stats"],
  ])("%s at %d goes to %s in pool %s as %s", (path, u, variant, poolId, target) => {
    expect(decide([model(), code()], path, { method: "POST", u })).toMatchObject({
      kind: "routed",
      slice: { application: "digits" },
      variant: { variant },
      pool: { poolId },
      path: target,
    });
  });

  it("keeps the path for an application at /", () => {
    expect(decide([model({ routePrefix: "/" })], "/v2/models/digits/infer")).toMatchObject({
      kind: "routed",
      path: "/v2/models/digits/infer",
    });
  });

  it("reaches a revision by its number also while it has no share of the traffic", () => {
    const variants = [{ variant: "r1", revision: 1, weight: 100 }];
    expect(decide([model({ variants })], "/v2/models/digits/versions/2")).toMatchObject({
      variant: { variant: "r2", revision: 2 },
    });
  });

  it("skips revisions whose ingress is code", () => {
    const pools = { p1: buildPool({ runtime: "node" }), p2: buildPool({ poolId: "p2", runtime: "onnx" }) };
    expect(decide([model({ pools })], "/v2/models/digits", { u: 0 })).toMatchObject({ variant: { variant: "r2" } });
    expect(decide([model({ pools })], "/v2/models/digits/versions/1")).toMatchObject({
      status: 404,
      body: { error: 'Model "digits" has no version "1". Versions that run: 2.' },
    });
  });
});

describe("what the gateway answers itself", () => {
  it.each([
    ["/v2", "GET", 200, { name: "sluice", version: "0.1.0", extensions: ["binary_tensor_data"] }],
    ["/v2/", "GET", 200, { name: "sluice", version: "0.1.0", extensions: ["binary_tensor_data"] }],
    ["/v2/health/live", "GET", 200, { live: true }],
    ["/v2/health/ready", "GET", 200, { ready: true }],
    ["/v2/models", "GET", 200, { models: ["digits"] }],
    [
      "/v2/repository/index",
      "POST",
      200,
      [
        { name: "digits", version: "1", state: "READY", reason: "" },
        { name: "digits", version: "2", state: "READY", reason: "" },
      ],
    ],
    ["/v2/models/digits/ready", "GET", 200, { name: "digits", ready: true }],
    ["/v2/models/digits/versions/2/ready", "GET", 200, { name: "digits", ready: true }],
    ["/v2/models/digits/ready", "POST", 405, { error: "Use GET to ask whether a model is ready, not POST." }],
    ["/v2/health/live", "POST", 405, { error: "Use GET for /v2/health/live, not POST." }],
    ["/v2/repository/index", "GET", 405, { error: "Use POST for /v2/repository/index, not GET." }],
    ["/v2/models/none/infer", "POST", 404, { error: 'There is no model "none". Models: digits.' }],
    ["/v2/models/code/infer", "POST", 404, { error: 'There is no model "code". Models: digits.' }],
    ["/v2/models/inner", "GET", 404, { error: 'There is no model "inner". Models: digits.' }],
    [
      "/v2/models/digits/versions/x/infer",
      "POST",
      404,
      { error: 'Model "digits" has no version "x". Versions that run: 1, 2.' },
    ],
    [
      "/v2/nothing",
      "GET",
      404,
      { error: "/v2/nothing is not a path of the Open Inference Protocol here. Models: digits." },
    ],
  ])("%s by %s is %d", (path, method, status, body) => {
    expect(decide([model(), code()], path, { method })).toEqual({ kind: "own", status, body, application: null });
  });

  it("says 503 while it takes no requests, and names the application whose model has none that could", () => {
    expect(decide([], "/v2/health/ready", { isReady: false })).toMatchObject({ status: 503, body: { ready: false } });
    const pools = { p1: buildPool({ runtime: "onnx", replicas: [] }) };
    const revisions = { "1": { ingress: "d", pools: { d: "p1" } } };
    const waiting = model({ pools, revisions, variants: [], message: "revision 1 has 0 of 1 replicas ready" });
    expect(decide([waiting], "/v2/models/digits/ready")).toMatchObject({ status: 503, body: { ready: false } });
    expect(decide([waiting], "/v2/models/digits/infer")).toEqual({
      kind: "own",
      status: 503,
      body: { error: 'Model "digits" takes no requests now: revision 1 has 0 of 1 replicas ready' },
      application: "digits",
    });
  });

  it("has no model that is not reachable over HTTP", () => {
    expect(decide([model({ routePrefix: null })], "/v2/models/digits")).toMatchObject({ status: 404 });
  });
});

describe("paths that belong to an application", () => {
  it.each([
    ["/digits/v2/models/digits", [model()]],
    ["/v22", [model()]],
    ["/", [model()]],
    ["/v2", [model(), code({ routePrefix: "/v2" })]],
    ["/v2/models/digits", [model(), code({ routePrefix: "/v2/models" })]],
    ["/v2", [code({ routePrefix: "/" })]],
    ["/v2/health/ready", [code({ routePrefix: "/" })]],
    ["/v2/models/theirs/infer", [model(), code({ routePrefix: "/" })]],
    ["/v2/trace/setting", [model(), code({ routePrefix: "/" })]],
  ])("%s is decided like any other path", (path, slices) => {
    expect(decide(slices, path)).toEqual({ kind: "none" });
  });

  it("is the gateway's own where it serves a model, also beside an application at /", () => {
    const slices = [model(), code({ routePrefix: "/" })];
    expect(decide(slices, "/v2/health/live")).toMatchObject({ kind: "own", status: 200 });
    expect(decide(slices, "/v2/models/digits/infer")).toMatchObject({ kind: "routed" });
  });
});

describe("parseModelPath", () => {
  it.each([
    ["/v2/models/a/b/infer", { kind: "model", model: "a", version: "", verb: "other" }],
    ["/v2/models/a/versions", { kind: "model", model: "a", version: "", verb: "other" }],
    ["/v2/models/a/versions/1/ready", { kind: "model", model: "a", version: "1", verb: "ready" }],
    ["/v2/models/a%2Fb", { kind: "model", model: "a/b", version: "", verb: "metadata" }],
    ["/v2/models/%E0%A4%A", { kind: "model", model: "%E0%A4%A", version: "", verb: "metadata" }],
    ["/v2/models//infer", { kind: "unknown" }],
    ["/v2/constructor", { kind: "unknown" }],
    ["/v1/models", undefined],
  ])("reads %s", (path, parsed) => {
    expect(parseModelPath(path)).toEqual(parsed);
  });
});
