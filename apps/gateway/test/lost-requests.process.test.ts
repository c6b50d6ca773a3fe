/** Requests that were once lost, stuck or let through, each by its symptom. */
import { Agent, request as httpRequest } from "node:http";
import { describe, expect, it } from "vitest";
import { httpResponseHead, RejectCode, type WireRequest } from "@sluice/wire";
import { eventually, GatewayFixture } from "./gateway-fixture.ts";

const ok = (request: WireRequest): void => request.respond(httpResponseHead(200), Buffer.from("ok"));

describe("requests of others", () => {
  it("are not lost when one answer has a status that HTTP does not know", async () => {
    await using fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => {
      if (request.head.kind === "http" && request.head.target.endsWith("/odd")) request.respond(httpResponseHead(0));
      else held.push(request);
    });
    await fixture.route(fixture.slice([replica]));
    const other = fetch(`${fixture.url}/app`, { method: "POST", body: "x" });
    await eventually(() => held.length === 1);
    const odd = await fetch(`${fixture.url}/app/odd`);
    expect(odd.status).toBe(502);
    held.forEach(ok);
    expect((await other).status).toBe(200);
  });

  it("are not lost when one answer has a header that HTTP does not allow", async () => {
    await using fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => {
      if (request.head.kind === "http" && request.head.target.endsWith("/odd"))
        request.respond(httpResponseHead(200, ["x-odd", "two\nlines"]), Buffer.from("ok"));
      else held.push(request);
    });
    await fixture.route(fixture.slice([replica]));
    const other = fetch(`${fixture.url}/app`, { method: "POST", body: "x" });
    await eventually(() => held.length === 1);
    const odd = await fetch(`${fixture.url}/app/odd`);
    expect(odd.status).toBe(502);
    held.forEach(ok);
    expect((await other).status).toBe(200);
  });
});

describe("a body without an announced length", () => {
  it("over the limit is refused, not streamed on", async () => {
    await using fixture = await GatewayFixture.start({ maxBodyBytes: 1_000_000 });
    let received = 0;
    const replica = await fixture.addReplica("one", (request) => {
      void (async () => {
        for await (const piece of request.body) received += piece.length;
        ok(request);
      })().catch(() => undefined);
    });
    await fixture.route(fixture.slice([replica]));
    const status = await new Promise<number | string>((resolve) => {
      const request = httpRequest(`${fixture.url}/app`, { method: "POST" }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      request.on("error", (error) => resolve(error.message));
      const piece = Buffer.alloc(100_000);
      let sent = 0;
      const more = (): void => {
        if (sent >= 50) return void request.end();
        sent += 1;
        request.write(piece, more);
      };
      more();
    });
    expect(status).toBe(413);
    expect(received).toBeLessThanOrEqual(1_100_000);
  });
});

describe("a queue", () => {
  it("moves to the new revision when the pool it waits for is gone", async () => {
    await using fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const old = await fixture.addReplica("old", (request) => void held.push(request));
    const fresh = await fixture.addReplica("fresh", ok);
    const first = fixture.slice([old]);
    const pool = first.pools["p1"];
    if (pool === undefined) throw new Error("no pool");
    await fixture.route({ ...first, pools: { p1: { ...pool, maxOngoingRequests: 1 } } });
    const calls = Array.from({ length: 5 }, () => fetch(`${fixture.url}/app`, { method: "POST", body: "x" }));
    await eventually(() => held.length === 1);
    await eventually(() => lastQueued(fixture) === 4);
    const second = fixture.slice([fresh]);
    const freshPool = second.pools["p1"];
    if (freshPool === undefined) throw new Error("no pool");
    await fixture.route({
      ...second,
      variants: [{ variant: "r2", revision: 2, weight: 100 }],
      revisions: { "2": { ingress: "main", pools: { main: "p2" } } },
      pools: { p2: { ...freshPool, poolId: "p2" } },
    });
    held.forEach(ok);
    const statuses = (await Promise.all(calls)).map((response) => response.status);
    expect(statuses).toEqual([200, 200, 200, 200, 200]);
  });
});

describe("a pool of one replica", () => {
  it("that broke one connection answers the GET that was on it, when it can be reached again", async () => {
    await using fixture = await GatewayFixture.start();
    let tries = 0;
    const replica = await fixture.addReplica("one", (request) => {
      tries += 1;
      if (tries === 1) request.connection.destroy("a passing trouble");
      else ok(request);
    });
    await fixture.route(fixture.slice([replica]));
    const answer = await fetch(`${fixture.url}/app`, { signal: AbortSignal.timeout(5_000) });
    expect(answer.status).toBe(200);
  });

  it("that was not ready at first answers the request that it refused", async () => {
    await using fixture = await GatewayFixture.start();
    let tries = 0;
    const replica = await fixture.addReplica("one", (request) => {
      tries += 1;
      if (tries === 1) request.reject(0, 1, RejectCode.notReady);
      else ok(request);
    });
    await fixture.route(fixture.slice([replica]));
    const answer = await fetch(`${fixture.url}/app`, { signal: AbortSignal.timeout(5_000) });
    expect(answer.status).toBe(200);
  });
});

describe("a stop", () => {
  it("is over when the last request is answered, also while its client keeps the connection", async () => {
    const fixture = await GatewayFixture.start();
    const held: WireRequest[] = [];
    const replica = await fixture.addReplica("one", (request) => void held.push(request));
    await fixture.route(fixture.slice([replica]));
    const agent = new Agent({ keepAlive: true });
    const status = new Promise<number | undefined>((resolve) => {
      httpRequest(`${fixture.url}/app`, { agent }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    await eventually(() => held.length === 1);
    const startedMs = performance.now();
    const stopped = fixture[Symbol.asyncDispose]();
    held.forEach(ok);
    expect(await status).toBe(200);
    await stopped;
    expect(performance.now() - startedMs).toBeLessThan(5_000);
    agent.destroy();
  });
});

function lastQueued(fixture: GatewayFixture): number | undefined {
  const load = fixture.controller.received.filter((message) => message.type === "load").at(-1);
  return load?.type === "load" ? load.pools[0]?.queued : undefined;
}
