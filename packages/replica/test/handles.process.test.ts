/** Calls between two real replicas, seen from the HTTP answer of the ingress. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { RunningHost, sliceOf } from "./running-host.ts";

let build: HostBuild;
let bundleDir: string;
let back: RunningHost;
let front: RunningHost;

beforeAll(async () => {
  build = await buildHost();
  bundleDir = await prepareApp("handles");
  const hostFile = path.join(build.dir, "host.mjs");
  back = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Back" } });
  front = await RunningHost.start({ hostFile, launch: { bundleDir, deployment: "Front" } });
  await Promise.all([back.ready(), front.ready()]);
  front.agent.send({ type: "slices", slices: [sliceOf([front, back], "Front")] });
}, 60_000);
afterAll(async () => {
  for (const one of [front, back]) await one?.stop();
  await build[Symbol.asyncDispose]();
  await rm(bundleDir, { recursive: true, force: true });
});

interface Asked {
  readonly head?: Parameters<RunningHost["request"]>[3];
}

async function ask<T = unknown>(step: string, { head }: Asked = {}): Promise<T> {
  const answer = await front.request("GET", `/app/${step}`, undefined, head);
  expect(answer.status, answer.text).toBe(200);
  try {
    return JSON.parse(answer.text) as T;
  } catch {
    // A string is answered as text.
    return answer.text as T;
  }
}

describe("a call", () => {
  it("reaches methods that are fields, and takes the promise of another call unawaited", async () => {
    expect(await ask("field")).toBe(8);
    expect(await ask("unawaited")).toBe(8);
    expect(await ask("failedArgument")).toMatchObject({ name: "Error", message: "early" });
  });

  it("keeps typed arrays, buffers, dates and sets, and sends 10 MB of numbers", async () => {
    expect(await ask("vector")).toBe("Float32Array 2500000 6 6");
    expect(await ask("types")).toBe("Date hi a+b");
  });

  it("rejects with the error of the far side: class, name, message, code, fields, cause, and where it was", async () => {
    const error = await ask<Record<string, unknown>>("fail");
    expect(error).toMatchObject({
      name: "OutOfStock",
      message: "nothing left",
      code: "E_STOCK",
      left: 3,
      isRange: true,
      inner: "the shelf is empty",
    });
    expect(error["stack"]).toContain("handles.ts");
    expect(error["stack"]).toContain(`in deployment Back (replica ${back.launch.replicaId})`);
    expect(await ask("failOddly")).toMatchObject({ name: "Error", message: '{"reason":"odd"}' });
  });

  it("tells with the error where the time went before", async () => {
    const { error, headers } = await front.call("failAfterCall", []);
    expect(error).toMatchObject({ type: "RangeError", message: "after the call" });
    expect(headers).toEqual(["sluice-hop", expect.stringMatching(/^call;[\d.]+;Back\.double;$/)]);
  });

  it("says which methods there are when it names none of them, and refuses nonsense", async () => {
    expect(await ask("unknown")).toMatchObject({ message: expect.stringContaining("There is no method nothing") });
    expect(await ask("nonsense")).toMatchObject({ name: "TypeError", message: expect.stringContaining("timeoutS") });
    expect(await ask("handleAsArgument")).toMatchObject({ name: "TypeError" });
  });

  it("tells an answer that is too large as such, and not as a lost replica", async () => {
    expect(await ask("huge")).toMatchObject({ code: "replica/bad_answer", message: expect.stringContaining("larger") });
    expect(await ask("field")).toBe(8);
  });

  it("can be one method with options, as a function", async () => {
    expect(await ask("method")).toBe(42);
  });
});

describe("a stream", () => {
  it("arrives item by item, from generators of both kinds and from promised iterables", async () => {
    expect(await ask("stream")).toEqual({ got: [0, 1, 2, 3, 4] });
    expect(await ask("syncStream")).toEqual({ got: ["h", "é", "y"] });
    expect(await ask("laterStream")).toEqual([{ got: ["a", "b"] }, { got: ["a", "b"] }]);
  });

  it("is an HTTP answer when the ingress returns it: text as it is, other values as lines of JSON", async () => {
    const text = await front.request("GET", "/app/relay");
    expect(text).toMatchObject({ status: 200, text: "abc", headers: { "content-type": "text/plain; charset=utf-8" } });
    expect((await front.request("GET", "/app/relayNumbers")).text).toBe("0\n1\n2\n");
  });

  it("ends with the error after the items that came before it", async () => {
    expect(await ask("brokenStream")).toEqual({ got: [0, 1, 2], error: "OutOfStock: nothing left" });
  });

  it("can be asked for as one promise, and a value as a stream of one", async () => {
    expect(await ask("collected")).toEqual([0, 1, 2, 3]);
    expect(await ask("singleAsStream")).toEqual({ got: [16] });
  });

  it("cancels the far generator when its reader leaves early", async () => {
    const endedBefore = (await ask<string[]>("seen")).filter((line) => line === "count ended").length;
    expect(await ask("early")).toBe("left");
    await eventually("the generator's finally block ran", async () => {
      const ended = (await ask<string[]>("seen")).filter((line) => line === "count ended").length;
      return ended > endedBefore;
    });
  });

  it("holds the far generator back when its reader is slow", async () => {
    // 10,000-byte items against a window of 256 KiB on the wire, and one item in hand.
    const produced = await ask<number>("slowReader");
    expect(produced).toBeGreaterThan(5);
    expect(produced).toBeLessThan(40);
    await back.untilOngoing(0);
  });

  it("keeps its error for whoever reads it later, and ends with its request when nobody ever reads it", async () => {
    expect(await ask("awaitedStreamError")).toMatchObject({
      got: [],
      error: expect.stringMatching(/OutOfStock|Timeout/),
    });
    expect(await ask("untouched")).toBe("answered");
    await back.untilOngoing(0);
  });
});

describe("what travels with a call", () => {
  const trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

  it("is the request's id, trace with a span of its own, deadline and model", async () => {
    const answer = await front.request("GET", "/app/context", undefined, {
      fields: { traceparent: trace, deadlineMs: 60_000, multiplexedModelId: "m1" },
    });
    const context = JSON.parse(answer.text) as Record<string, unknown>;
    expect(context).toMatchObject({
      name: "Back",
      application: "app",
      hasReplica: true,
      requestId: "req-1",
      model: "m1",
    });
    expect(context["traceparent"]).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-01$/);
    expect(context["leftMs"]).toBeGreaterThan(50_000);
    expect(context["leftMs"]).toBeLessThanOrEqual(60_000);
    expect(answer.headers["server-timing"]).toMatch(/^model;dur=[\d.]+, call;dur=[\d.]+;desc="Back.context"$/);
    expect(await ask("model")).toMatchObject({ model: "m7" });
  });

  it("is a timeout of its own: the call rejects, the far side is told, and uncaught it is 504", async () => {
    expect(await ask("timeout")).toMatchObject({ name: "TimeoutError", code: "gateway/deadline" });
    await eventually("the far side was told", async () =>
      (await ask<string[]>("seen")).some((line) => line.startsWith("aborted")),
    );
    const answer = await front.request("GET", "/app/uncaughtTimeout");
    expect(answer.status).toBe(504);
    expect(answer.headers["server-timing"]).toMatch(
      /^model;dur=1\d\d(?:\.\d)?, call;dur=1\d\d(?:\.\d)?;desc="Back.slowly"$/,
    );
  });

  it("is the caller's signal, with whose reason the call rejects", async () => {
    expect(await ask("abort")).toMatchObject({ name: "RangeError", message: "changed my mind" });
    await back.untilOngoing(0);
  });
});

it("reports the load of the pools that its handles call, and of no others", async () => {
  const poolId = back.launch.poolId;
  const held = ask("hold");
  const told = (sent: number) => front.agent.waitFor("load", ({ pools }) => pools.every((pool) => pool.sent === sent));
  expect((await told(1)).pools).toEqual([{ poolId, queued: 0, sent: 1 }]);
  expect(await held).toBe("held");
  expect((await told(0)).pools).toEqual([{ poolId, queued: 0, sent: 0 }]);
  expect(back.agent.messages.some((message) => message.type === "load")).toBe(false);
});
