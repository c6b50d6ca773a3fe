import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { httpResponseHead, RejectCode, type WireRequest } from "@sluice/wire";
import { wholeBodyBytes } from "../src/request/request-body.ts";
import { readRequestId } from "@sluice/observability";
import { eventually, GatewayFixture, secret } from "./gateway-fixture.ts";

const answer = (text: string) => (request: WireRequest) =>
  request.respond(httpResponseHead(200, ["content-type", "text/plain"]), Buffer.from(text));

async function status(url: string, init?: RequestInit): Promise<{ status: number; code: string | undefined }> {
  const response = await fetch(url, init);
  const body = (await response.json()) as { code?: string };
  return { status: response.status, code: body.code };
}

describe("routes", () => {
  it("forwards to a replica and says which revision and replica answered, under a request id of its own", async () => {
    await using fixture = await GatewayFixture.start();
    let seen: { target: string; headers: readonly string[] } | undefined;
    const replica = await fixture.addReplica("one", (request) => {
      if (request.head.kind === "http") seen = { target: request.head.target, headers: request.head.headers };
      answer("hi")(request);
    });
    await fixture.route(fixture.slice([replica]));
    const response = await fetch(`${fixture.url}/app/x?q=1`, { headers: { "x-request-id": "mine", "x-note": "kept" } });
    expect(await response.text()).toBe("hi");
    expect(seen?.target).toBe("/app/x?q=1");
    expect(seen?.headers).toContain("x-note");
    expect(response.headers.get("x-sluice-revision")).toBe("1");
    expect(response.headers.get("x-sluice-replica")).toBe("one");
    expect(response.headers.get("x-client-request-id")).toBe("mine");
    expect(readRequestId(secret, response.headers.get("x-request-id") ?? "")).toMatchObject({
      revision: 1,
      applicationId: "a1",
      choices: [],
    });
  });

  it("answers 404 for a path nobody serves, 421 for a foreign Host and 503 without a revision, each with a reason", async () => {
    await using fixture = await GatewayFixture.start();
    await fixture.route(
      fixture.slice([], { variants: [], revisions: {}, pools: {}, message: "the model file is broken" }),
    );
    expect(await status(`${fixture.url}/other`)).toEqual({ status: 404, code: "route/not_found" });
    const refused = await fetch(`${fixture.url}/app`);
    expect(refused.status).toBe(503);
    expect(await refused.text()).toContain("the model file is broken");
    expect(await hostStatus(fixture.gateway.port, "evil.example")).toBe(421);
  });

  it("is not healthy before it heard of routes, and then lists them", async () => {
    await using fixture = await GatewayFixture.start();
    expect((await fetch(`${fixture.url}/-/healthz`)).status).toBe(503);
    await fixture.route(fixture.slice([]));
    expect(await (await fetch(`${fixture.url}/-/healthz`)).text()).toBe("success");
    expect(await (await fetch(`${fixture.url}/-/routes`)).json()).toEqual({ "/app": "app" });
  });

  it("serves on from its disk snapshot when it restarts without a controller", async () => {
    await using fixture = await GatewayFixture.start();
    const replica = await fixture.addReplica("one", answer("still here"));
    await fixture.route(fixture.slice([replica]));
    await fixture.controller.stop();
    await fixture.restart();
    expect(await (await fetch(`${fixture.url}/app`)).text()).toBe("still here");
  });

  it("sends weights' shares to the variants", async () => {
    await using fixture = await GatewayFixture.start();
    const one = await fixture.addReplica("one", answer("1"));
    const two = await fixture.addReplica("two", answer("2"));
    const base = fixture.slice([one]);
    const pool = base.pools["p1"];
    if (pool === undefined) throw new Error("no pool");
    const second = fixture.slice([two]).pools["p1"];
    if (second === undefined) throw new Error("no pool");
    await fixture.route(
      fixture.slice([], {
        variants: [
          { variant: "r1", revision: 1, weight: 80 },
          { variant: "r2", revision: 2, weight: 20 },
        ],
        revisions: { "1": { ingress: "main", pools: { main: "p1" } }, "2": { ingress: "main", pools: { main: "p2" } } },
        pools: { p1: pool, p2: { ...second, poolId: "p2" } },
      }),
    );
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async () => (await fetch(`${fixture.url}/app`)).text()),
    );
    // 1000 draws at 0.2: five standard deviations are 63.
    expect(Math.abs(answers.filter((text) => text === "2").length - 200)).toBeLessThan(64);
  });
});

describe("admission", () => {
  it("holds requests beyond max_ongoing_requests in line and answers all of them", async () => {
    await using fixture = await GatewayFixture.start();
    const waiting: WireRequest[] = [];
    let most = 0;
    const replica = await fixture.addReplica("one", (request) => {
      waiting.push(request);
      most = Math.max(most, waiting.length);
    });
    await fixture.route(fixture.slice([replica]));
    const calls = Array.from({ length: 20 }, () => fetch(`${fixture.url}/app`));
    for (let answered = 0; answered < 20; answered += 1) {
      await eventually(() => waiting.length > 0);
      waiting.shift()?.respond(httpResponseHead(200), Buffer.from("ok"));
    }
    const statuses = (await Promise.all(calls)).map((response) => response.status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(most).toBeLessThanOrEqual(5);
  });

  it("refuses with 503 and Retry-After what does not fit max_queued_requests", async () => {
    await using fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => void held.push(request));
    const slice = fixture.slice([replica]);
    const pool = slice.pools["p1"];
    if (pool === undefined) throw new Error("no pool");
    await fixture.route({ ...slice, pools: { p1: { ...pool, maxOngoingRequests: 1, maxQueuedRequests: 1 } } });
    const first = fetch(`${fixture.url}/app`);
    await eventually(() => held.length === 1);
    const second = fetch(`${fixture.url}/app`);
    await eventually(() => lastQueued(fixture) === 1);
    const third = await fetch(`${fixture.url}/app`);
    expect(third.status).toBe(503);
    expect(third.headers.get("retry-after")).toBe("1");
    expect(third.headers.get("server-timing")).toMatch(/^queue;dur=[0-9.]+;desc="queue_full"$/);
    expect(await third.text()).toContain("max_queued_requests");
    held.shift()?.respond(httpResponseHead(200));
    await eventually(() => held.length === 1);
    held.shift()?.respond(httpResponseHead(200));
    const [one, two] = [await first, await second];
    expect([one.status, two.status]).toEqual([200, 200]);
    // What a person reads of it: why it waited on the answer, how often on the scrape.
    expect(one.headers.get("server-timing")).toMatch(/^queue;dur=[0-9.]+$/);
    expect(two.headers.get("server-timing")).toMatch(/^queue;dur=[0-9.]+;desc="wait_for_place"$/);
    const scrape = await (await fetch(`${fixture.url}/-/metrics`)).text();
    const decided = (decision: string, reason: string) =>
      `sluice_router_decisions_total{application="app",deployment="main",decision="${decision}",reason="${reason}"} `;
    expect(scrape).toContain(`${decided("wait", "wait_for_place")}1`);
    expect(scrape).toContain(`${decided("refuse", "queue_full")}1`);
    expect(scrape).toContain(`${decided("pick", "only_one")}2`);
  });

  it("answers 429 to a full line when that is the setting, with the time to come again", async () => {
    await using fixture = await GatewayFixture.start({ overload: { queueFullStatus: 429, retryAfterS: 7 } });
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => void held.push(request));
    const slice = fixture.slice([replica]);
    const pool = slice.pools["p1"];
    if (pool === undefined) throw new Error("no pool");
    await fixture.route({ ...slice, pools: { p1: { ...pool, maxOngoingRequests: 1, maxQueuedRequests: 1 } } });
    const waiting = [fetch(`${fixture.url}/app`)];
    await eventually(() => held.length === 1);
    waiting.push(fetch(`${fixture.url}/app`));
    await eventually(() => lastQueued(fixture) === 1);
    const refused = await fetch(`${fixture.url}/app`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "7"]);
    held.shift()?.respond(httpResponseHead(200));
    await eventually(() => held.length === 1);
    held.shift()?.respond(httpResponseHead(200));
    await Promise.all(waiting);
  });

  it("answers a full line as its deployment says, the seconds to wait rounded up", async () => {
    await using fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => void held.push(request));
    const slice = fixture.slice([replica]);
    const pool = slice.pools["p1"];
    if (pool === undefined) throw new Error("no pool");
    const queueFull = { status: 429, retryAfterS: 2.5 } as const;
    await fixture.route({
      ...slice,
      pools: { p1: { ...pool, maxOngoingRequests: 1, maxQueuedRequests: 1, queueFull } },
    });
    const waiting = [fetch(`${fixture.url}/app`)];
    await eventually(() => held.length === 1);
    waiting.push(fetch(`${fixture.url}/app`));
    await eventually(() => lastQueued(fixture) === 1);
    const refused = await fetch(`${fixture.url}/app`);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "3"]);
    held.shift()?.respond(httpResponseHead(200));
    await eventually(() => held.length === 1);
    held.shift()?.respond(httpResponseHead(200));
    await Promise.all(waiting);
  });

  it("sends a rejected request to another replica, body and all", async () => {
    await using fixture = await GatewayFixture.start();
    let rejections = 0;
    const full = await fixture.addReplica("full", (request) => {
      rejections += 1;
      request.reject(5, 5, RejectCode.draining);
    });
    const free = await fixture.addReplica("free", (request) => {
      void request.readBody(1000).then((body) => request.respond(httpResponseHead(200), body));
    });
    await fixture.route(fixture.slice([full, free]));
    const bodies = await Promise.all(
      Array.from({ length: 20 }, async (_, index) =>
        (await fetch(`${fixture.url}/app`, { method: "POST", body: `b${String(index)}` })).text(),
      ),
    );
    expect(bodies).toEqual(Array.from({ length: 20 }, (_, index) => `b${String(index)}`));
    expect(rejections).toBeGreaterThan(0);
  });

  it("answers 413 for a body over the limit without asking a replica", async () => {
    await using fixture = await GatewayFixture.start({ maxBodyBytes: 10 });
    const replica = await fixture.addReplica("one", answer("never"));
    await fixture.route(fixture.slice([replica]));
    expect(await status(`${fixture.url}/app`, { method: "POST", body: "x".repeat(11) })).toEqual({
      status: 413,
      code: "request/too_large",
    });
  });

  it("answers 504 at the deadline that the client set", async () => {
    await using fixture = await GatewayFixture.start();
    const replica = await fixture.addReplica("one", () => undefined);
    await fixture.route(fixture.slice([replica]));
    const init = { headers: { "x-request-timeout-seconds": "0.05" } };
    expect(await status(`${fixture.url}/app`, init)).toEqual({ status: 504, code: "gateway/deadline" });
    // Where the time went: hardly any in the line, all of it in the replica, which has not answered.
    const timing = (await fetch(`${fixture.url}/app`, init)).headers.get("server-timing") ?? "";
    const [, inReplica] = /^queue;dur=[0-9.]+, replica;dur=([0-9.]+)$/.exec(timing) ?? [];
    expect(Number(inReplica)).toBeGreaterThan(30);
  });

  it("says of a request that no replica had only how long it waited, and why", async () => {
    await using fixture = await GatewayFixture.start();
    let arrived = 0;
    const silent = await fixture.addReplica("one", () => void (arrived += 1));
    await fixture.route(fixture.slice([silent], { maxOngoingRequests: 1 }));
    const ask = (seconds: string) => fetch(`${fixture.url}/app`, { headers: { "x-request-timeout-seconds": seconds } });
    const first = ask("1");
    await eventually(() => arrived > 0);
    // The place is not free before its own time is over.
    const second = await ask("0.2");
    expect([(await first).status, second.status]).toEqual([504, 504]);
    expect(second.headers.get("server-timing")).toMatch(/^queue;dur=[0-9.]+;desc="wait_for_place"$/);
    expect((await first).headers.get("server-timing")).toMatch(/^queue;dur=[0-9.]+, replica;dur=[0-9.]+$/);
  });
});

describe("bodies", () => {
  it("streams a long body up and a long answer down, unchanged", async () => {
    await using fixture = await GatewayFixture.start();
    const replica = await fixture.addReplica("echo", (request) => {
      void request.readBody(10_000_000).then((body) => request.respond(httpResponseHead(200), body));
    });
    await fixture.route(fixture.slice([replica]));
    const sent = Buffer.alloc(3_000_000, "sluice");
    const received = Buffer.from(
      await (await fetch(`${fixture.url}/app`, { method: "POST", body: sent })).arrayBuffer(),
    );
    expect(received.equals(sent)).toBe(true);
  });

  it("keeps what the client sends of a long body while no replica takes it", async () => {
    await using fixture = await GatewayFixture.start();
    let tries = 0;
    const replica = await fixture.addReplica("one", (request) => {
      tries += 1;
      if (tries === 1) request.reject(5, 5, RejectCode.atCapacity);
      else void request.readBody(1_000_000).then((body) => request.respond(httpResponseHead(200), body));
    });
    await fixture.route(fixture.slice([replica]));
    // Just too long to be read as a whole: the request leaves before the client has sent the rest.
    const [first, rest] = [Buffer.alloc(wholeBodyBytes + 1, "a"), Buffer.alloc(100_000, "b")];
    const client = httpRequest(`${fixture.url}/app`, {
      method: "POST",
      headers: { "content-length": first.length + rest.length },
    });
    const answered = once(client, "response") as Promise<[IncomingMessage]>;
    client.write(first);
    await eventually(() => tries === 1);
    client.end(rest);
    const [response] = await answered;
    expect((await buffer(response)).equals(Buffer.concat([first, rest]))).toBe(true);
  });

  it("tells the replica when the client goes away", async () => {
    await using fixture = await GatewayFixture.start();
    let cancelled = false;
    let arrived = false;
    const replica = await fixture.addReplica("one", (request) => {
      arrived = true;
      request.onCancel(() => (cancelled = true));
    });
    await fixture.route(fixture.slice([replica]));
    const abort = new AbortController();
    const call = fetch(`${fixture.url}/app`, { signal: abort.signal }).catch(() => "aborted");
    await eventually(() => arrived);
    abort.abort();
    expect(await call).toBe("aborted");
    await eventually(() => cancelled);
  });
});

describe("a replica's death", () => {
  it("repeats a GET on another replica, and answers 502 to a POST that may have run", async () => {
    await using fixture = await GatewayFixture.start();
    const dying = await fixture.addReplica("dying", (request) => request.connection.destroy());
    await fixture.route(fixture.slice([dying]));
    expect(await status(`${fixture.url}/app`, { method: "POST", body: "x" })).toEqual({
      status: 502,
      code: "replica/lost",
    });
    const healthy = await fixture.addReplica("healthy", answer("saved"));
    await fixture.route(fixture.slice([dying, healthy]));
    const answers = await Promise.all(
      Array.from({ length: 10 }, async () => (await fetch(`${fixture.url}/app`)).text()),
    );
    expect(new Set(answers)).toEqual(new Set(["saved"]));
  });

  it("waits for a replica to appear while the pool is empty", async () => {
    await using fixture = await GatewayFixture.start();
    await fixture.route(fixture.slice([]));
    const call = fetch(`${fixture.url}/app`);
    await eventually(() => lastQueued(fixture) === 1);
    await fixture.route(fixture.slice([await fixture.addReplica("late", answer("worth it"))]));
    expect(await (await call).text()).toBe("worth it");
  });
});

describe("reports", () => {
  it("tells the controller what it measured, until that is acknowledged", async () => {
    await using fixture = await GatewayFixture.start();
    const replica = await fixture.addReplica("one", answer("hi"));
    await fixture.route(fixture.slice([replica]));
    await Promise.all(Array.from({ length: 7 }, () => fetch(`${fixture.url}/app`)));
    await eventually(() => reported(fixture) === 7);
    const metrics = await (await fetch(`${fixture.url}/-/metrics`)).text();
    expect(metrics).toContain(
      'ray_serve_num_http_requests_total{route="/app",method="GET",application="app",status_code="200"} 7',
    );
  });
});

it("requests that lead nowhere count as well: an outage is no silence", async () => {
  await using fixture = await GatewayFixture.start();
  expect((await fetch(`${fixture.url}/app`)).status).toBe(503);
  await fixture.route(fixture.slice([]));
  expect((await fetch(`${fixture.url}/nowhere`)).status).toBe(404);
  const counts = (await (await fetch(`${fixture.url}/-/metrics`)).text())
    .split("\n")
    .filter((line) => line.startsWith("ray_serve_num_http_requests_total{"));
  expect(counts.toSorted()).toEqual([
    'ray_serve_num_http_requests_total{route="",method="GET",application="",status_code="404"} 1',
    'ray_serve_num_http_requests_total{route="",method="GET",application="",status_code="503"} 1',
  ]);
});

it("one scrape shows what the replicas count, too, and says when that cannot be had", async () => {
  await using fixture = await GatewayFixture.start();
  const scrape = async () => (await fetch(`${fixture.url}/-/metrics`)).text();
  const alone = await scrape();
  expect(alone).toContain("\nsluice_cluster_metrics_up 0\n");
  expect(alone).toContain("process_cpu_seconds_total");

  const batches = 'sluice_batch_releases_total{function_name="predict",reason="full",replica="r1"} 3';
  fixture.controller.metrics = `# HELP sluice_batch_releases_total B.\n# TYPE sluice_batch_releases_total counter\n${batches}\n`;
  await expect.poll(scrape, { timeout: 5_000 }).toContain(batches);
  const whole = await scrape();
  expect(whole).toContain("\nsluice_cluster_metrics_up 1\n");
  expect(whole).toContain("process_cpu_seconds_total");

  await fixture.controller.stop();
  await expect.poll(scrape, { timeout: 5_000 }).toContain("\nsluice_cluster_metrics_up 0\n");
  expect(await scrape()).not.toContain("sluice_batch_releases_total");
});

function lastQueued(fixture: GatewayFixture): number | undefined {
  const load = fixture.controller.received.findLast((message) => message.type === "load");
  return load?.type === "load" ? load.pools.find((pool) => pool.poolId === "p1")?.queued : undefined;
}

/** Requests over all windows, the newest report of each window counting. */
function reported(fixture: GatewayFixture): number {
  const newest = new Map<number, number>();
  for (const message of fixture.controller.received) {
    if (message.type !== "windows") continue;
    for (const window of message.report.windows) {
      newest.set(
        window.windowStartMs,
        window.series.reduce((sum, series) => sum + series.latency.count, 0),
      );
    }
  }
  return [...newest.values()].reduce((sum, count) => sum + count, 0);
}

/** fetch does not let a test set Host. */
function hostStatus(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const call = httpRequest({ port, host: "127.0.0.1", path: "/app", headers: { host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    call.on("error", reject);
    call.end();
  });
}
