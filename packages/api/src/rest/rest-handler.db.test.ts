/** The REST door over a real HTTP server and a real database: each status a caller can meet. */
import { request as httpRequest } from "node:http";
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createApiKey, defaultProjectId, describeKey, saveBundleDescription } from "@sluice/db";
import { ApplicationPutAnswer, BundleUploadAnswer, Problem, RevisionDiff, TrafficView } from "@sluice/contracts";
import { modelDescription, startApi } from "../../test/api-fixture.ts";
import type { ApiFixture, TestServer } from "../../test/api-fixture.ts";

let fixture: ApiFixture;
let server: TestServer;
let base: string;
beforeAll(async () => {
  fixture = await startApi();
  server = await fixture.listen();
  base = `${server.url}/api/v1`;
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await fixture[Symbol.asyncDispose]();
});

const json = { "content-type": "application/json" };
const onnx = Buffer.from([0x08, 0x08, 0x12, 0x02, 0x70, 0x74]);

async function modelSpec(name: string) {
  const bundle = await fixture.storeBundle("file");
  const request = { runtime: "onnx", bundle: bundle.sha256, importPath: "", args: {}, envVars: {} } as const;
  const result = { ok: true as const, description: modelDescription };
  await saveBundleDescription(fixture.db, { key: describeKey(request), projectId: defaultProjectId, request, result });
  return { route_prefix: `/${name}`, deployments: [{ name: "Digits", model: `bundle:${bundle.sha256}` }] };
}

const put = async (name: string, spec: unknown, headers: Record<string, string> = {}, query = "") =>
  await fetch(`${base}/applications/${name}${query}`, {
    method: "PUT",
    headers: { ...json, ...headers },
    body: typeof spec === "string" ? spec : JSON.stringify(spec),
  });

/** Sends what fetch would not: any Host, any Origin. */
function rawRequest(
  method: string,
  path: string,
  headers: Record<string, string>,
  body = "",
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: "127.0.0.1", port: server.port, method, path, headers }, (response) => {
      let text = "";
      response.on("data", (chunk: Buffer) => (text += chunk.toString()));
      response.on("end", () => resolve({ status: response.statusCode ?? 0, text }));
    });
    sent.on("error", reject);
    sent.end(body);
  });
}

describe("applications", () => {
  it("answers 201, then 200 unchanged, 200 updated, with ETag and Location", async () => {
    const spec = await modelSpec("digits");
    const created = await put("digits", spec);
    expect([created.status, created.headers.get("etag"), created.headers.get("location")]).toEqual([
      201,
      '"1"',
      "/api/v1/applications/digits",
    ]);
    const unchanged = await put("digits", spec);
    expect([unchanged.status, ApplicationPutAnswer.parse(await unchanged.json()).plan.outcome]).toEqual([
      200,
      "unchanged",
    ]);
    const updated = await put("digits", { ...spec, route_prefix: "/digits2" }, { "if-match": '"1"' }, "?message=moved");
    expect([updated.status, updated.headers.get("etag")]).toEqual([200, '"2"']);
    const stale = await put("digits", spec, { "if-match": '"1"' });
    expect([stale.status, Problem.parse(await stale.json()).code]).toEqual([412, "request/precondition_failed"]);
    const read = await fetch(`${base}/applications/digits`);
    expect([read.status, read.headers.get("etag")]).toEqual([200, '"2"']);
    const revision = await (await fetch(`${base}/applications/digits/revisions/2`)).json();
    expect(revision).toMatchObject({ number: 2, message: "moved", created_by: "local", is_target: true });
  });

  it("answers 202 while a node still has to inspect the bundle", async () => {
    const bundle = await fixture.storeBundle("zip");
    const spec = {
      route_prefix: "/slow",
      import_path: "app:app",
      runtime_env: { working_dir: `bundle:${bundle.sha256}` },
    };
    const response = await put("slow", spec);
    expect([response.status, ApplicationPutAnswer.parse(await response.json()).plan.stage]).toEqual([
      202,
      "describing",
    ]);
  }, 30_000);

  it("takes YAML, and answers the plan of a dry run without writing", async () => {
    const spec = await modelSpec("dry");
    const yaml = `route_prefix: /dry\ndeployments:\n  - name: Digits\n    model: ${spec.deployments[0]?.model}\n`;
    const response = await put("dry", yaml, { "content-type": "application/yaml" }, "?dry_run=true");
    expect(await response.json()).toMatchObject({ application: null, plan: { outcome: "create", revision: 1 } });
    expect((await fetch(`${base}/applications/dry`)).status).toBe(404);
  });

  it("answers 422 problem+json with a pointer for each field", async () => {
    const response = await put("bad", {
      deployments: [{ name: "M", num_replicas: 0, gang_scheduling_config: {}, execution_providers: ["kuda"] }],
      route_prefix: "bad",
    });
    expect([response.status, response.headers.get("content-type")]).toEqual([422, "application/problem+json"]);
    const problem = Problem.parse(await response.json());
    expect(problem.errors?.map((error) => error.pointer).sort()).toEqual([
      "#/deployments/0/execution_providers/0",
      "#/deployments/0/gang_scheduling_config",
      "#/deployments/0/num_replicas",
      "#/route_prefix",
    ]);
    expect(problem.request_id).toBe(response.headers.get("x-request-id"));
  });

  it("answers 400 to broken JSON, a wrong query and a wrong If-Match; 415 to a type it does not take", async () => {
    expect((await put("x", "{")).status).toBe(400);
    expect((await put("x", {}, {}, "?dry_run=maybe")).status).toBe(400);
    expect((await put("x", await modelSpec("x"), { "if-match": "seven" })).status).toBe(400);
    expect((await fetch(`${base}/applications?limit=0`)).status).toBe(400);
    expect((await put("x", "<x/>", { "content-type": "application/xml" })).status).toBe(415);
  });

  it("answers 413 to a spec over the limit", async () => {
    const response = await put("big", JSON.stringify({ args: { text: "x".repeat(5 * 1024 * 1024) } }));
    expect(response.status).toBe(413);
  });

  it("pages with a cursor and a Link to the next page", async () => {
    for (const name of ["page-a", "page-b", "page-c"]) await put(name, await modelSpec(name));
    const seen: string[] = [];
    let next: string | undefined = "/api/v1/applications?limit=2";
    while (next !== undefined) {
      const response: Response = await fetch(`${server.url}${next}`);
      const page = (await response.json()) as { items: { name: string }[] };
      expect(page.items.length).toBeLessThanOrEqual(2);
      seen.push(...page.items.map((item) => item.name));
      next = /^<(.+)>; rel="next"$/.exec(response.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual([...new Set(seen)].sort());
    expect(seen).toEqual(expect.arrayContaining(["page-a", "page-b", "page-c"]));
  });

  it("rolls back, deletes with 202, and answers 409 to a change of what is being deleted", async () => {
    const spec = await modelSpec("leaves");
    await put("leaves", spec);
    await put("leaves", { ...spec, route_prefix: "/leaves2" });
    const send = (method: string, path: string, body?: unknown) =>
      fetch(`${base}/applications/leaves${path}`, {
        method,
        headers: json,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    expect((await send("POST", "/rollback", { revision: 1 })).status).toBe(200);
    expect((await send("POST", "/rollback", { revision: 7 })).status).toBe(404);
    expect((await send("POST", "/rollback", { revision: "one" })).status).toBe(422);
    expect(
      RevisionDiff.parse(await (await fetch(`${base}/applications/leaves/diff?from=1&to=2`)).json()).changes,
    ).toHaveLength(1);
    expect((await send("DELETE", "")).status).toBe(202);
    expect((await put("leaves", spec)).status).toBe(409);
  });
});

describe("traffic", () => {
  it("takes a split that sums to 100, points at what is wrong in others, and removes it again", async () => {
    const spec = await modelSpec("split");
    await put("split", spec);
    await put("split", { ...spec, deployments: [{ ...spec.deployments[0], ray_actor_options: { num_cpus: 0.1 } }] });
    const send = async (variants: unknown) =>
      await fetch(`${base}/applications/split/traffic`, {
        method: "PUT",
        headers: json,
        body: JSON.stringify({ variants }),
      });
    const good = await send([
      { revision: 1, weight: 90 },
      { revision: 2, weight: 10 },
    ]);
    expect([good.status, TrafficView.parse(await good.json()).wanted]).toEqual([
      200,
      [
        { variant: "r1", revision: 1, weight: 90 },
        { variant: "r2", revision: 2, weight: 10 },
      ],
    ]);
    expect((await fetch(`${base}/applications/split`)).headers.get("etag")).toBe('"3"');
    const pointersOf = async (response: Response) =>
      ((await response.json()) as Problem).errors?.map((error) => error.pointer);
    expect(await pointersOf(await send([{ revision: 1, weight: 90 }]))).toEqual(["#/variants"]);
    const wrong = await send([
      { revision: 1, weight: 90 },
      { revision: 8, weight: 10 },
    ]);
    expect([wrong.status, await pointersOf(wrong)]).toEqual([422, ["#/variants/1/revision"]]);
    const negative = await send([{ revision: 1, weight: -1 }]);
    expect([negative.status, await pointersOf(negative)]).toEqual([422, ["#/variants/0/weight"]]);
    const reset = await fetch(`${base}/applications/split/traffic`, { method: "DELETE" });
    expect([reset.status, TrafficView.parse(await reset.json()).wanted]).toEqual([200, null]);
  });
});

describe("bundles", () => {
  const upload = (body: Uint8Array, type: string, name = "m.onnx") =>
    fetch(`${base}/bundles?name=${name}`, {
      method: "POST",
      headers: { "content-type": type },
      body: Buffer.from(body),
    });

  it("stores a model, describes it, and knows the same bytes again", async () => {
    fixture.describe = async () => ({ result: { ok: true, description: modelDescription }, reason: "" });
    const stored = await upload(onnx, "application/octet-stream", "digits-cnn.onnx");
    const answer = BundleUploadAnswer.parse(await stored.json());
    expect([stored.status, answer.existed, answer.bundle.kind, answer.bundle.name]).toEqual([
      201,
      false,
      "onnx",
      "digits-cnn.onnx",
    ]);
    expect(answer.bundle.sha256).toBe(createHash("sha256").update(onnx).digest("hex"));
    expect(answer.description?.deployments[0]?.inputs?.[0]?.shape).toEqual(["batch", 64]);
    const again = await upload(onnx, "application/octet-stream");
    expect([again.status, BundleUploadAnswer.parse(await again.json()).existed]).toEqual([200, true]);
    expect((await fetch(`${base}/bundles/${answer.bundle.sha256}`)).status).toBe(200);
    expect((await fetch(`${base}/bundles/${"0".repeat(64)}`)).status).toBe(404);
  });

  it("answers 422 with the reason to what is neither a zip nor a model, and 415 to other types", async () => {
    const text = await upload(Buffer.from("this is text"), "application/octet-stream", "notes.txt");
    expect([text.status, Problem.parse(await text.json()).code]).toEqual([422, "bundle/invalid"]);
    expect((await upload(Buffer.from("PK\x03\x04 but broken"), "application/zip")).status).toBe(422);
    expect((await upload(onnx, "image/png")).status).toBe(415);
    expect((await upload(Buffer.alloc(0), "application/octet-stream")).status).toBe(422);
  });
});

describe("the door itself", () => {
  it("answers 404 to an unknown path, 405 with Allow to a wrong method, both as problems", async () => {
    const unknown = await fetch(`${base}/nothing`);
    expect([unknown.status, unknown.headers.get("content-type")]).toEqual([404, "application/problem+json"]);
    const wrong = await fetch(`${base}/nodes`, { method: "DELETE" });
    expect([wrong.status, wrong.headers.get("allow")]).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(Problem.parse(await wrong.json()).code).toBe("request/method_not_allowed");
  });

  it("keeps a caller's request id and makes one otherwise", async () => {
    const given = await fetch(`${base}/nodes`, { headers: { "x-request-id": "abc-1" } });
    expect(given.headers.get("x-request-id")).toBe("abc-1");
    const strange = await fetch(`${base}/nodes`, { headers: { "x-request-id": "a b<c>" } });
    expect(strange.headers.get("x-request-id")).toMatch(/^[0-9a-f-]{36}$/);
  });

  it("gives the first answer again for a repeated Idempotency-Key, and refuses it for another request", async () => {
    const spec = await modelSpec("once");
    const first = await put("once", spec, { "idempotency-key": "k1" });
    const again = await put("once", spec, { "idempotency-key": "k1" });
    expect([first.status, again.status, again.headers.get("idempotency-replayed")]).toEqual([201, 201, "true"]);
    expect(await again.json()).toEqual(await first.json());
    const other = await put("once", { ...spec, route_prefix: "/once2" }, { "idempotency-key": "k1" });
    expect([other.status, Problem.parse(await other.json()).code]).toEqual([422, "idempotency/mismatch"]);
    const refused = await put("once", { route_prefix: "x" }, { "idempotency-key": "k2" });
    expect(refused.status).toBe(422);
    expect((await put("once", spec, { "idempotency-key": "k2" })).status).toBe(200);
  });

  it("refuses a rebound Host with 421 and a foreign Origin with 403, for reads and changes", async () => {
    const path = "/api/v1/applications";
    expect((await rawRequest("GET", path, { host: "evil.example" })).status).toBe(421);
    expect((await rawRequest("GET", path, { host: "localhost", origin: "http://evil.example" })).status).toBe(403);
    const changing = { host: "localhost", origin: "http://evil.example", ...json };
    const refused = await rawRequest("PUT", `${path}/x`, changing, "{}");
    expect([refused.status, (JSON.parse(refused.text) as Problem).code]).toEqual([403, "request/foreign_origin"]);
    const form = { host: "localhost", "content-type": "application/x-www-form-urlencoded" };
    expect((await rawRequest("POST", "/api/v1/bundles", form, "a=b")).status).toBe(403);
    expect((await rawRequest("GET", path, { host: `localhost:${server.port}` })).status).toBe(200);
  });

  it("answers metrics as JSON and as CSV, and 400 with the known names to another metric", async () => {
    const answer = await fetch(`${base}/metrics/query?metric=throughput,latency_p99&from=15m`);
    expect(await answer.json()).toMatchObject({ step_s: 10, age_ms: null });
    const csv = await fetch(`${base}/metrics/query?metric=throughput&from=1m`, { headers: { accept: "text/csv" } });
    expect([csv.headers.get("content-type"), (await csv.text()).split("\r\n")[0]]).toEqual([
      "text/csv; charset=utf-8",
      "time,metric,unit,labels,value",
    ]);
    const unknown = await fetch(`${base}/metrics/query?metric=speed`);
    expect([unknown.status, ((await unknown.json()) as Problem).detail]).toEqual([
      400,
      expect.stringContaining("latency_p99"),
    ]);
  });

  it("describes itself: each operation is in the OpenAPI document, and every reference resolves", async () => {
    const text = await (await fetch(`${base}/openapi.json`)).text();
    const document = JSON.parse(text) as {
      openapi: string;
      paths: Record<string, object>;
      components: { schemas: object };
    };
    expect(document.openapi).toBe("3.1.0");
    expect(Object.keys(document.paths)).toContain("/applications/{name}/traffic");
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map((match) => match[1] ?? "");
    expect(references.length).toBeGreaterThan(20);
    for (const reference of references) {
      const name = /^#\/components\/schemas\/(\w+)$/.exec(reference)?.[1] ?? "";
      expect(document.components.schemas, reference).toHaveProperty(name);
    }
  });

  it("lists cluster resources, answers health and 404 for one that is not there", async () => {
    for (const path of ["deployments", "replicas", "nodes", "gateways", "events", "bundles"]) {
      expect((await fetch(`${base}/${path}`)).status, path).toBe(200);
    }
    expect((await fetch(`${base}/replicas/none`)).status).toBe(404);
    expect(await (await fetch(`${base}/healthz`)).json()).toMatchObject({
      status: "degraded",
      database: true,
      version: "1.2.3",
    });
  });
});

describe("with an admin token", () => {
  it("asks everybody for a credential but for health, and takes the token or an API key", async () => {
    const adminToken = "a-long-admin-token";
    await using guarded = await fixture.listen({ adminToken });
    const get = async (path: string, authorization?: string) =>
      (await fetch(`${guarded.url}/api/v1${path}`, authorization === undefined ? {} : { headers: { authorization } }))
        .status;
    expect(await get("/nodes")).toBe(401);
    expect(await get("/healthz")).toBe(200);
    expect(await get("/nodes", `Bearer ${adminToken}`)).toBe(200);
    expect(await get("/nodes", "Bearer wrong")).toBe(401);
    const key = "sluice_viewer_key";
    await fixture.db.transaction((tx) =>
      createApiKey(tx, {
        projectId: defaultProjectId,
        name: "ci",
        prefix: "sluice_v",
        keyHash: createHash("sha256").update(key).digest("hex"),
        role: "viewer",
        createdBy: "test",
        expiresAtMs: null,
      }),
    );
    expect(await get("/nodes", `Bearer ${key}`)).toBe(200);
    const change = await fetch(`${guarded.url}/api/v1/applications/x`, {
      method: "DELETE",
      headers: { authorization: `Bearer ${key}` },
    });
    expect(change.status).toBe(403);
  });
});
