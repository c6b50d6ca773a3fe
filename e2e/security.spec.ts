import { once } from "node:events";
import { createServer, request as httpRequest } from "node:http";
import type { IncomingMessage, Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { expect, test } from "@playwright/test";
import type { APIRequestContext, APIResponse } from "@playwright/test";
import { bundleLimitBytes } from "@sluice/contracts";
import type { MetricAnswer } from "@sluice/contracts";
import { buildEscapingZip, buildWorkbench } from "./code-bundle.ts";
import {
  deleteApplications,
  deployDigits,
  gatewayUrl,
  listApplications,
  nameOfRun,
  putApplication,
  readApplication,
  uploadBundle,
  waitUntilServing,
  webUrl,
} from "./product.ts";

const BENCH = nameOfRun("workbench");
const MODEL = nameOfRun("shaped");
const MISSING = nameOfRun("missing-import");

interface Problem {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly request_id: string;
  readonly errors?: readonly { readonly pointer: string; readonly detail: string }[];
}

async function problemOf(answer: APIResponse | Response): Promise<Problem> {
  const headers = answer instanceof Response ? Object.fromEntries(answer.headers) : answer.headers();
  expect(headers["content-type"]).toContain("application/problem+json");
  return (await answer.json()) as Problem;
}

test.describe("a page on another origin", () => {
  let foreign: Server;
  let foreignUrl = "";

  test.beforeAll(async () => {
    foreign = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>elsewhere</title><body>");
    });
    foreign.listen(0, "127.0.0.1");
    await once(foreign, "listening");
    foreignUrl = `http://localhost:${(foreign.address() as AddressInfo).port}/`;
  });
  test.afterAll(() => {
    foreign.closeAllConnections();
    foreign.close();
  });

  /** What a fetch from the foreign page comes to: the status it may see, "opaque" or the error. */
  const foreignFetch = (path: string, init: object): string => `(async () => {
    try {
      const answer = await fetch("${webUrl()}${path}", ${JSON.stringify(init)});
      return answer.type === "opaque" ? "opaque" : String(answer.status) + " " + (await answer.text());
    } catch (error) { return "blocked"; }
  })()`;
  const spec = { name: "csrf", route_prefix: "/csrf", import_path: "app:app", deployments: [] };

  test("cannot deploy, delete or read, whatever kind of fetch it uses", async ({ page, request }) => {
    await page.goto(foreignUrl);
    const refusedBefore = await countRefused(request);
    const body = JSON.stringify(spec);
    const put = { method: "PUT", headers: { "content-type": "application/json" }, body };
    expect(await page.evaluate(foreignFetch("/api/v1/applications/csrf", put))).toBe("blocked");
    expect(await page.evaluate(foreignFetch("/api/v1/applications/csrf", { method: "DELETE" }))).toBe("blocked");
    expect(await page.evaluate(foreignFetch("/api/v1/applications", {}))).toBe("blocked");
    expect(await page.evaluate(foreignFetch("/api/v1/applications", { mode: "no-cors" }))).toMatch(/opaque|blocked/);
    const simple = { method: "POST", mode: "no-cors", headers: { "content-type": "text/plain" }, body };
    expect(await page.evaluate(foreignFetch("/api/v1/bundles?name=x.zip", simple))).toMatch(/opaque|blocked/);
    expect(await page.evaluate(foreignFetch("/api/trpc/applications.put", simple))).toMatch(/opaque|blocked/);
    // Two preflights, one read and two posts: refused there, not only hidden by the browser.
    expect((await countRefused(request)) - refusedBefore).toBeGreaterThanOrEqual(5);
    expect(await readApplication(request, "csrf")).toBe(null);
  });

  test("cannot post a form", async ({ page }) => {
    await page.goto(foreignUrl);
    for (const path of ["/api/v1/bundles?name=x.zip", "/api/session", "/api/trpc/applications.put"]) {
      const answered = page.waitForResponse((answer) => answer.url().startsWith(webUrl()));
      await page.evaluate(`(() => {
        const form = document.createElement("form");
        Object.assign(form, { method: "POST", action: "${webUrl()}${path}", enctype: "text/plain" });
        document.body.append(form);
        form.submit();
      })()`);
      const answer = await answered;
      expect(answer.status(), path).toBe(403);
      expect(await answer.text()).toContain("request/foreign_origin");
      await page.goto(foreignUrl);
    }
  });

  test("cannot show the dashboard in a frame", async ({ page }) => {
    await page.goto(foreignUrl);
    await page.evaluate(`document.body.innerHTML = '<iframe src="${webUrl()}/applications"></iframe>'`);
    await expect(async () => {
      const frame = page.frames()[1];
      expect(frame?.url()).toMatch(/^chrome-error:/);
    }).toPass();
  });

  test("is not answered under a name that it points at this machine", async () => {
    const web = new URL(webUrl());
    const gateway = new URL(gatewayUrl());
    for (const [port, path] of [
      [web.port, "/api/v1/applications"],
      [web.port, "/applications"],
      [web.port, "/metrics"],
      [gateway.port, "/-/routes"],
    ] as const) {
      const answer = await send({ port, path, host: `rebound.example:${port}` });
      expect(answer.status, path).toBe(421);
      expect(answer.body).toContain("request/unknown_host");
    }
  });
});

/** Requests that the dashboard's listener refused because of their origin, since it started. */
async function countRefused(request: APIRequestContext): Promise<number> {
  const text = await (await request.get("/metrics")).text();
  const line = /^sluice_web_refused_requests_total\{code="request\/foreign_origin"\} (\d+)$/m.exec(text);
  return Number(line?.[1] ?? 0);
}

interface RawRequest {
  readonly port: string;
  readonly path: string;
  readonly host: string;
}

/** With a Host of its own, which fetch does not allow. */
async function send({ port, path, host }: RawRequest): Promise<{ status: number; body: string }> {
  const sent = httpRequest({ host: "127.0.0.1", port, path, headers: { host } }).end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  return { status: answer.statusCode ?? 0, body: await text(answer) };
}

test.describe("bad input", () => {
  test.beforeAll(async ({ request }) => {
    test.setTimeout(120_000);
    await deployDigits(request, MODEL, "logreg");
    const { bundle } = await uploadBundle(request, "workbench.zip", await buildWorkbench(), "application/zip");
    await putApplication(request, codeSpec(BENCH, bundle.sha256, "app:app"));
    await waitUntilServing(request, BENCH, 1);
  });
  test.afterAll(async ({ request }) => deleteApplications(request, [BENCH, MODEL, MISSING]));

  const codeSpec = (name: string, sha256: string, importPath: string) => ({
    name,
    route_prefix: `/${name}`,
    import_path: importPath,
    runtime_env: { working_dir: `bundle:${sha256}` },
    deployments: [],
  });

  test("a zip that would write outside its folder is refused by name", async ({ request }) => {
    const answer = await request.post("/api/v1/bundles?name=escaping.zip", {
      data: await buildEscapingZip(),
      headers: { "content-type": "application/zip" },
    });
    expect(answer.status()).toBe(422);
    const problem = await problemOf(answer);
    expect(problem.code).toBe("bundle/invalid");
    expect(problem.detail).toContain("../escaped.mjs");
  });

  test("a bundle over the limit is refused with the limit and not kept", async ({ request }) => {
    const answer = await request.post("/api/v1/bundles?name=huge.zip", {
      data: Buffer.alloc(bundleLimitBytes + 1),
      headers: { "content-type": "application/zip" },
    });
    expect(answer.status()).toBe(413);
    expect((await problemOf(answer)).detail).toContain("256 MiB");
    const bundles = (await (await request.get("/api/v1/bundles")).json()) as { items: { name: string }[] };
    expect(bundles.items.map((one) => one.name)).not.toContain("huge.zip");
  });

  test("an unknown runtime and other wrong fields are named one by one", async ({ request }) => {
    const answer = await request.put("/api/v1/applications/wrong-fields", {
      data: {
        route_prefix: "no-slash",
        deployments: [{ name: "model", runtime: "torch", num_replicas: 0, model: `bundle:${"0".repeat(64)}` }],
      },
      headers: { "content-type": "application/json" },
    });
    expect(answer.status()).toBe(422);
    const { errors } = await problemOf(answer);
    expect(errors?.map((one) => one.pointer)).toEqual(
      expect.arrayContaining(["#/route_prefix", "#/deployments/0/runtime", "#/deployments/0/num_replicas"]),
    );
    expect(await readApplication(request, "wrong-fields")).toBe(null);
  });

  test("an unknown import path fails the deploy with its name and leaves the others alone", async ({ request }) => {
    const { bundle } = await uploadBundle(request, "workbench.zip", await buildWorkbench(), "application/zip");
    const answer = await request.put(`/api/v1/applications/${MISSING}`, {
      data: codeSpec(MISSING, bundle.sha256, "nowhere:app"),
      headers: { "content-type": "application/json" },
    });
    if (answer.ok()) {
      await expect
        .poll(async () => (await readApplication(request, MISSING))?.status, { timeout: 60_000 })
        .toBe("DEPLOY_FAILED");
      expect((await readApplication(request, MISSING))?.message).toContain("nowhere");
    } else {
      expect(answer.status()).toBe(422);
      expect(await answer.text()).toContain("nowhere");
    }
    const states = (await listApplications(request)).filter((one) => [BENCH, MODEL].includes(one.name));
    expect(states.map((one) => one.status)).toEqual(["RUNNING", "RUNNING"]);
  });

  test("a wrong input shape is answered 400 with the input, the wanted and the given shape", async () => {
    const answer = await fetch(`${gatewayUrl()}/${MODEL}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ pixels: [1, 2, 3] }),
    });
    expect(answer.status).toBe(400);
    const { detail } = await problemOf(answer);
    expect(detail).toContain('"pixels"');
    expect(detail).toContain("[batch, 64]");
    expect(detail).toContain("[3]");
  });

  test("user code that throws is answered 500 with a request id, without its stack, and counted", async ({
    page,
    request,
  }) => {
    const answer = await fetch(`${gatewayUrl()}/${BENCH}/throw`);
    expect(answer.status).toBe(500);
    const id = answer.headers.get("x-request-id");
    expect(id).toMatch(/^[\w.-]{8,}$/);
    const body = await answer.text();
    expect(JSON.parse(body)).toMatchObject({ status: 500, request_id: id });
    expect(body).not.toMatch(/ {4}at |app\.mjs/);
    for (let count = 1; count < 10; count += 1) {
      const next = await fetch(`${gatewayUrl()}/${BENCH}/throw`);
      expect(next.status).toBe(500);
    }
    await expect.poll(async () => errorCount(request), { timeout: 20_000 }).toBe(10);
    await page.goto(`/applications/${BENCH}`);
    await expect(page.getByRole("region", { name: "Errors chart", exact: true })).toContainText("500");
    // The replica that ran it lives on.
    expect((await fetch(`${gatewayUrl()}/${BENCH}/work`)).status).toBe(200);
  });

  async function errorCount(request: APIRequestContext): Promise<number> {
    const answer = await request.get(`/api/v1/metrics/query?metric=errors&application=${BENCH}`);
    const { totals } = (await answer.json()) as MetricAnswer;
    return totals.filter((total) => total.labels["code"] === "500").reduce((sum, total) => sum + total.count, 0);
  }
});
