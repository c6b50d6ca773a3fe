/** What becomes of a call when replicas refuse it, die on it, or are not there. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { Encoding, RejectCode, resultHead, serveWire } from "@sluice/wire";
import type { RequestHandler, WireServer, WireServerOptions } from "@sluice/wire";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { HandleCaller } from "../src/handles/handle-caller.ts";
import { makeHandleProxy } from "../src/handles/handle-proxy.ts";
import { callerLaunch, sliceTo } from "./caller-launch.ts";
import { eventually } from "./eventually.ts";

interface Back {
  work(value?: unknown): Promise<unknown>;
  options(options: object): Back;
}

let dir: string;
let caller: HandleCaller;
let back: Back;
let servers: WireServer[];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "calls-"));
  servers = [];
  caller = new HandleCaller(callerLaunch);
  back = makeHandleProxy("Back", (target, args) => caller.call(target, args)) as Back;
});
afterEach(async () => {
  await caller.close();
  await Promise.all(servers.map((server) => server.close()));
  await rm(dir, { recursive: true, force: true });
});

const socket = (at: number) => path.join(dir, `back-${at}.sock`);

async function serve(at: number, handler: RequestHandler, options: WireServerOptions = {}): Promise<WireServer> {
  const server = await serveWire({ kind: "unix", path: socket(at) }, handler, options);
  servers.push(server);
  return server;
}

const answer =
  (text: string): RequestHandler =>
  (request) =>
    request.respond(resultHead({ encoding: Encoding.json }), Buffer.from(JSON.stringify(text)));

describe("a call", () => {
  it("goes to another replica when the first one drains or cannot be reached", async () => {
    let refused = 0;
    await serve(0, (request) => {
      refused += 1;
      request.reject(0, 1, RejectCode.draining);
    });
    await serve(1, answer("from 1"));
    // Nobody listens at the third.
    caller.updateSlices([sliceTo([socket(0), socket(1), socket(2)])]);
    const answers = await Promise.all(Array.from({ length: 40 }, async () => back.work()));
    expect(new Set(answers)).toEqual(new Set(["from 1"]));
    // Sent side by side, so several may have met it; one that comes later does not.
    const before = refused;
    for (let at = 0; at < 10; at += 1) expect(await back.work()).toBe("from 1");
    expect(refused).toBe(before);
  });

  it("is not repeated when its replica dies on it, and says so", async () => {
    let seen = 0;
    const dying = await serve(0, () => {
      seen += 1;
      void dying.close();
    });
    await serve(1, () => (seen += 1));
    caller.updateSlices([sliceTo([socket(0)])]);
    await expect(back.work()).rejects.toMatchObject({
      code: "replica/lost",
      message: expect.stringMatching(/Back\.work\(\) was lost.*may not be repeated/) as string,
    });
    expect(seen).toBe(1);
  });

  it("that its replica had not begun is answered by another one when that replica is gone", async () => {
    let waiting = 0;
    const dying = await serve(
      0,
      (request) => {
        if (request.wholeBody?.toString() === "[1]") expect(request.tellTaken()).toBe(true);
        else waiting += 1;
      },
      { saysTaken: true },
    );
    await serve(1, answer("from 1"));
    caller.updateSlices([sliceTo([socket(0)])]);
    const [begun, ...others] = [back.work(1), back.work(2), back.work(3)];
    const isLost = expect(begun).rejects.toMatchObject({ code: "replica/lost" });
    await eventually("both wait", () => waiting === 2);
    caller.updateSlices([sliceTo([socket(0), socket(1)], { version: 2 })]);
    await dying.close();
    await isLost;
    expect(await Promise.all(others)).toEqual(["from 1", "from 1"]);
  });

  it("waits for a place when its replica is full, in order, and is refused when too many wait", async () => {
    const held: (() => void)[] = [];
    const order: unknown[] = [];
    await serve(0, (request) => {
      order.push(request.wholeBody?.toString());
      held.push(() => request.respond(resultHead({ encoding: Encoding.none })));
    });
    caller.updateSlices([sliceTo([socket(0)], { maxOngoingRequests: 1, maxQueuedRequests: 2 })]);
    const calls = [back.work(1), back.work(2), back.work(3)];
    await expect(back.work(4)).rejects.toMatchObject({ code: "gateway/queue_full" });
    for (let at = 0; at < 3; at += 1) {
      await eventually("the next call has arrived", () => held.length === at + 1);
      held[at]?.();
    }
    await Promise.all(calls);
    expect(order).toEqual(["[1]", "[2]", "[3]"]);
  });

  it("leaves the line when its time is over or its signal aborts", async () => {
    await serve(0, () => undefined);
    caller.updateSlices([sliceTo([socket(0)], { maxOngoingRequests: 1 })]);
    const first = back.work();
    first.catch(() => undefined);
    await expect(back.options({ timeoutS: 0.05 }).work()).rejects.toMatchObject({ name: "TimeoutError" });
    const abort = new AbortController();
    const waiting = back.options({ signal: abort.signal }).work();
    abort.abort(new Error("no longer"));
    await expect(waiting).rejects.toThrow("no longer");
    await expect(back.options({ signal: AbortSignal.abort(new Error("before")) }).work()).rejects.toThrow("before");
    expect(caller.load()).toEqual([]);
    caller.addOutbound("Back");
    expect(caller.load()).toEqual([{ poolId: "p1", queued: 0, sent: 1 }]);
  });

  it("waits for news of its pool, no longer than its deadline", async () => {
    const startedMs = performance.now();
    await expect(back.options({ timeoutS: 0.1 }).work()).rejects.toMatchObject({ name: "TimeoutError" });
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await serve(0, answer("at last"));
    const waiting = back.work();
    caller.updateSlices([sliceTo([socket(0)])]);
    expect(await waiting).toBe("at last");
  });

  it("moves on when its pool is replaced while it waits", async () => {
    caller.updateSlices([sliceTo([])]);
    const waiting = back.work();
    await serve(0, answer("from the new pool"));
    const slice = sliceTo([socket(0)], { version: 2 });
    const pool = { ...slice.pools["p1"]!, poolId: "p2" };
    caller.updateSlices([
      { ...slice, revisions: { "1": { ingress: "Front", pools: { Back: "p2" } } }, pools: { p2: pool } },
    ]);
    expect(await waiting).toBe("from the new pool");
  });

  it("refuses an answer that makes no sense, and gives the place back", async () => {
    await serve(0, (request) => request.respond(resultHead({ encoding: Encoding.json }), Buffer.from("{broken")));
    caller.updateSlices([sliceTo([socket(0)], { maxOngoingRequests: 1 })]);
    for (let at = 0; at < 3; at += 1) {
      await expect(back.work()).rejects.toMatchObject({ code: "replica/bad_answer" });
    }
  });
});
