import path from "node:path";
import { rm } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { RejectCode, RejectedError } from "@sluice/wire";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { FakeAgent } from "./fake-agent.ts";
import { RunningHost, sliceOf } from "./running-host.ts";

let host: HostBuild;
const bundles: Record<string, string> = {};
const running: RunningHost[] = [];

beforeAll(async () => {
  host = await buildHost();
  for (const name of ["behaviours", "pipeline", "broken-constructor"]) bundles[name] = await prepareApp(name);
});
afterEach(async () => {
  for (const one of running.splice(0)) await one.stop();
});
afterAll(async () => {
  await host[Symbol.asyncDispose]();
  for (const dir of Object.values(bundles)) await rm(dir, { recursive: true, force: true });
});

async function start(
  app: string,
  given: Omit<Partial<Parameters<typeof RunningHost.start>[0]>, "launch"> & { launch?: object } = {},
): Promise<RunningHost> {
  const one = await RunningHost.start({
    hostFile: path.join(host.dir, "host.mjs"),
    ...given,
    launch: { bundleDir: bundles[app] ?? "", ...given.launch },
  });
  running.push(one);
  return one;
}

describe("life of a host", () => {
  it("reports loading and ready with its address, and its pid and start time in hello", async () => {
    const one = await (await start("behaviours")).ready();
    const hello = await one.agent.waitFor("hello");
    expect(hello).toMatchObject({ replicaId: one.launch.replicaId, pid: one.process.pid });
    expect(hello.startTicks).toBeGreaterThan(0);
    const ready = await one.agent.waitFor("stage", ({ stage }) => stage === "ready");
    expect(ready.address).toEqual({ kind: "unix", path: one.socketPath });
  });

  it("tells the agent why the constructor failed, with the stack, and exits 1", async () => {
    const one = await start("broken-constructor");
    const failed = await one.agent.waitFor("failed");
    expect(failed.message).toBe("weights.bin is missing");
    expect(failed.stack).toContain("broken-constructor.ts");
    expect(await one.exited).toEqual({ code: 1, signal: null });
  });

  it("names what the module exports when the attribute is wrong", async () => {
    const one = await start("behaviours", { launch: { importPath: "app:main" } });
    expect((await one.agent.waitFor("failed")).message).toBe('app.mjs has no export "main". It exports: app.');
  });

  it("finishes what runs while draining, refuses new work, disposes and exits 0", async () => {
    const one = await (await start("behaviours")).ready();
    const connection = await one.connect();
    const waiting = one.request("GET", "/app/wait", undefined, { connection });
    await one.untilOngoing(1);
    // A second caller connects before the drain, so that it can release the first request: it is refused by GOAWAY.
    const other = await one.connect();
    one.agent.send({ type: "drain", timeoutS: 1, waitLoopS: 1 });
    await one.agent.waitFor("stage", ({ stage }) => stage === "draining");
    await expect(one.request("GET", "/app/text", undefined, { connection: other })).rejects.toMatchObject({
      outcome: "safe",
    });
    // The waiting request is not released by anyone: after the timeout it is cut, and the process ends in order.
    await expect(waiting).rejects.toBeDefined();
    expect(await one.exited).toEqual({ code: 0, signal: null });
    expect(one.stdout).toContain("disposed");
  });

  it("refuses a WebSocket where there is nobody to talk to, instead of waiting for the end of its body", async () => {
    const one = await (await start("behaviours")).ready();
    const answer = await one.request("GET", "/app/text", undefined, {
      headers: ["connection", "upgrade", "upgrade", "websocket"],
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain("speaks no WebSocket");
  });

  it("lets a running request finish before it ends on SIGTERM", async () => {
    const one = await (await start("behaviours")).ready();
    const connection = await one.connect();
    const slow = one.request("GET", "/app/until-sigterm", undefined, { connection });
    await one.untilOngoing(1);
    one.process.kill("SIGTERM");
    expect((await slow).text).toBe("finished after SIGTERM");
    expect((await one.exited).code).toBe(0);
  });

  it("survives its agent, says hello to the next one, and drains itself when none comes", async () => {
    const one = await (await start("behaviours", { env: { SLUICE_ORPHAN_TIMEOUT_S: "1.5" } })).ready();
    await one.agent.close();
    expect((await one.request("GET", "/app/text")).status).toBe(200);
    const next = await FakeAgent.listen(one.launch.runDir);
    const hello = await next.waitFor("hello");
    expect(hello).toMatchObject({ stage: "ready", address: { path: one.socketPath } });
    await next.close();
    expect((await one.exited).code).toBe(0);
  });

  it("ends with code 1 and the stack in its log when user code throws outside a request", async () => {
    const one = await (await start("behaviours")).ready();
    await one.request("GET", "/app/crash").catch(() => undefined);
    expect((await one.exited).code).toBe(1);
    expect(one.stderr).toContain("crash outside a request");
  });

  it("loses running requests when killed, and the caller learns that they may have run", async () => {
    const one = await (await start("behaviours")).ready();
    const connection = await one.connect();
    const waiting = one.request("GET", "/app/wait", undefined, { connection });
    await one.untilOngoing(1);
    one.process.kill("SIGKILL");
    await expect(waiting).rejects.toMatchObject({ name: "WireError", outcome: "taken" });
  });

  it("answers probes, fails them with the reason of checkHealth, and is silent while stopped", async () => {
    const one = await (await start("behaviours")).ready();
    one.agent.send({ type: "probe", probeId: 1 });
    expect(await one.agent.waitFor("health", ({ probeId }) => probeId === 1)).toMatchObject({ ok: true, ongoing: 0 });
    await one.request("GET", "/app/sicken");
    one.agent.send({ type: "probe", probeId: 2 });
    expect(await one.agent.waitFor("health", ({ probeId }) => probeId === 2)).toMatchObject({
      ok: false,
      message: "the disk is gone",
    });
    one.process.kill("SIGSTOP");
    one.agent.send({ type: "probe", probeId: 3 });
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(one.agent.messages.some((message) => message.type === "health" && message.probeId === 3)).toBe(false);
    one.process.kill("SIGCONT");
    await one.agent.waitFor("health", ({ probeId }) => probeId === 3);
  });

  it("reconfigures in place, says what is in force, and ends with the reason when user code refuses", async () => {
    const one = await (await start("behaviours", { launch: { userConfig: { a: 1 }, configVersion: "c1" } })).ready();
    expect(JSON.parse((await one.request("GET", "/app/config")).text)).toEqual({ config: { a: 1 } });
    one.agent.send({ type: "reconfigure", configVersion: "c2", userConfig: { a: 2 }, maxOngoingRequests: 10 });
    expect(await one.agent.waitFor("reconfigured")).toEqual({
      type: "reconfigured",
      configVersion: "c2",
      ok: true,
      message: "",
    });
    expect(JSON.parse((await one.request("GET", "/app/config")).text)).toEqual({ config: { a: 2 } });
    // A link that breaks and comes back tells what is in force by then.
    one.agent.cut();
    const isBack = ({ stage }: { stage: string }): boolean => stage === "ready";
    expect(await one.agent.waitFor("hello", isBack)).toMatchObject({ configVersion: "c2", rank: 0 });
    const waiting = one.request("GET", "/app/wait", undefined, { connection: await one.connect() });
    waiting.catch(() => undefined);
    await one.untilOngoing(1);
    one.agent.send({ type: "reconfigure", configVersion: "c3", userConfig: "refused", maxOngoingRequests: 10 });
    const refused = await one.agent.waitFor("reconfigured", ({ configVersion }) => configVersion === "c3");
    expect(refused).toMatchObject({ ok: false, message: "reconfigure() failed: this config is refused" });
    // What runs goes on, while probes tell the reason.
    one.agent.send({ type: "probe", probeId: 2 });
    expect(await one.agent.waitFor("health", ({ probeId }) => probeId === 2)).toMatchObject({
      ok: false,
      ongoing: 1,
      message: "this config is refused",
    });
  });

  it("ends as failed with the text of the user's reconfigure when nothing runs", async () => {
    const one = await (await start("behaviours", { launch: { userConfig: { a: 1 } } })).ready();
    one.agent.send({ type: "reconfigure", userConfig: "refused", maxOngoingRequests: 10 });
    expect(await one.agent.waitFor("failed")).toMatchObject({
      message: "reconfigure() failed: this config is refused",
    });
    expect((await one.exited).code).toBe(1);
  });

  it("takes its first user_config in place, in the process that had none", async () => {
    const one = await (await start("behaviours")).ready();
    expect(JSON.parse((await one.request("GET", "/app/config")).text)).toEqual({ config: null });
    one.agent.send({ type: "reconfigure", configVersion: "c2", userConfig: { a: 1 }, maxOngoingRequests: 10 });
    expect(await one.agent.waitFor("reconfigured")).toMatchObject({ configVersion: "c2", ok: true });
    expect(JSON.parse((await one.request("GET", "/app/config")).text)).toEqual({ config: { a: 1 } });
  });

  it("does not keep a user_config that was removed: it says so and ends, for a new process to start without", async () => {
    const one = await (await start("behaviours", { launch: { userConfig: { a: 1 } } })).ready();
    one.agent.send({ type: "reconfigure", configVersion: "c2", userConfig: null, maxOngoingRequests: 10 });
    const message = "user_config was removed: a running process cannot go back to none";
    expect(await one.agent.waitFor("reconfigured")).toMatchObject({ configVersion: "c2", ok: false, message });
    expect(await one.agent.waitFor("failed")).toMatchObject({ message });
  });

  it("gives user code only a config that is new, and applies limits without asking it", async () => {
    const one = await (await start("behaviours", { launch: { userConfig: "refused-later" } })).ready();
    const change = { type: "reconfigure", userConfig: "refused-later", maxOngoingRequests: 3 } as const;
    one.agent.send({ ...change, configVersion: "c2", poolId: "p2", revision: 7 });
    expect(await one.agent.waitFor("reconfigured")).toMatchObject({ ok: true, configVersion: "c2" });
  });

  it("changes how it logs in place: level, encoding, a line for each request", async () => {
    const logging = { level: "INFO", encoding: "JSON", accessLog: true } as const;
    const one = await (await start("behaviours", { launch: { logging } })).ready();
    await one.request("GET", "/app/text?key=secret");
    await eventually("a line of JSON", () => /"msg":"GET \/app\/text 200 [\d.]+ms"/.test(one.stderr));
    expect(one.stderr).not.toContain("secret");
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 3, logging: { ...logging, encoding: "TEXT" } });
    await one.agent.waitFor("reconfigured");
    await one.request("GET", "/app/bytes");
    await eventually("a line for people", () => /INFO {2}replica: GET \/app\/bytes 200/.test(one.stderr));
    one.agent.send({
      type: "reconfigure",
      maxOngoingRequests: 3,
      configVersion: "c3",
      logging: { ...logging, level: "ERROR" },
    });
    await one.agent.waitFor("reconfigured", ({ configVersion }) => configVersion === "c3");
    await one.request("GET", "/app/nothing");
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 3, configVersion: "c4", logging });
    await one.agent.waitFor("reconfigured", ({ configVersion }) => configVersion === "c4");
    await one.request("GET", "/app/text");
    await eventually("the next line", () => one.stderr.split("/app/text 200").length === 3);
    expect(one.stderr).not.toContain("/app/nothing");
  });

  it("follows another health_check_timeout_s in place: a check that hangs has failed by then", async () => {
    const one = await (await start("behaviours", { launch: { healthCheckTimeoutS: 40 } })).ready();
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 3, healthCheckTimeoutS: 0.3 });
    await one.agent.waitFor("reconfigured");
    await one.request("GET", "/app/hang-checks");
    one.agent.send({ type: "probe", probeId: 1 });
    expect(await one.agent.waitFor("health", ({ probeId }) => probeId === 1)).toMatchObject({
      ok: false,
      message: "checkHealth() did not answer within 0.3 s",
    });
  });

  it("drains with the times that were changed in place: graceful_shutdown_timeout_s and the look every wait_loop_s", async () => {
    const times = { gracefulShutdownTimeoutS: 50, gracefulShutdownWaitLoopS: 50 };
    const one = await (await start("behaviours", { launch: { ...times, logging: { encoding: "JSON" } } })).ready();
    const changed = { gracefulShutdownTimeoutS: 0.7, gracefulShutdownWaitLoopS: 0.1 };
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 3, ...changed });
    await one.agent.waitFor("reconfigured");
    const waiting = one.request("GET", "/app/wait", undefined, { connection: await one.connect() });
    const lost = expect(waiting).rejects.toBeDefined();
    await one.untilOngoing(1);
    one.process.kill("SIGTERM");
    await lost;
    expect((await one.exited).code).toBe(0);
    expect(one.stderr.split('"msg":"still draining"').length).toBeGreaterThan(3);
    expect(one.stderr).toContain('"timeoutS":0.7');
  });

  it("a member of a higher rank becomes ready without taking requests", async () => {
    const one = await (await start("behaviours", { launch: { rank: 1, worldSize: 2 } })).ready();
    const ready = await one.agent.waitFor("stage", ({ stage }) => stage === "ready");
    expect(ready.address).toBeNull();
    expect(await one.agent.waitFor("hello")).toMatchObject({ rank: 1 });
    await expect(one.connect()).rejects.toThrow();
    one.agent.send({ type: "drain", timeoutS: 5, waitLoopS: 1 });
    expect((await one.exited).code).toBe(0);
  });
});

describe("answers over the wire", () => {
  it("maps what a handler returns as Ray Serve does", async () => {
    const one = await (await start("behaviours")).ready();
    const json = await one.request("GET", "/app");
    expect(json).toMatchObject({ status: 200, text: '{"message":"Hello from Sluice!"}' });
    expect(json.headers["content-type"]).toBe("application/json");
    expect(await one.request("GET", "/app/text")).toMatchObject({
      text: "héllo",
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
    expect(await one.request("GET", "/app/nothing")).toMatchObject({ status: 200, text: "" });
    expect((await one.request("GET", "/app/bytes")).text).toBe("\u0001\u0002\u0003");
    expect(await one.request("POST", "/app/echo", { a: [1, 2] })).toMatchObject({ text: '{"a":[1,2]}' });
    expect(await one.request("GET", "/app/not-found")).toMatchObject({ status: 404, text: "no such thing" });
    const created = await one.request("GET", "/app/created");
    expect(created).toMatchObject({
      status: 201,
      text: '{"id":7}',
      headers: { "x-made-by": "test", "content-type": "application/json" },
    });
    expect(await one.request("GET", "/app/stream")).toMatchObject({
      text: "part 0\npart 1\npart 2\n",
      headers: { "content-type": "text/event-stream" },
    });
    expect((await one.request("GET", "/app/large")).text.length).toBe(3_000_000);
    expect((await one.request("HEAD", "/app/text")).text).toBe("");
  });

  it("gives handlers a Request that is one in every way they can tell", async () => {
    const one = await (await start("behaviours")).ready();
    expect(JSON.parse((await one.request("GET", "/app/lazy?x=1")).text)).toEqual({
      isRequest: true,
      method: "GET",
      host: "example.test",
      cloned: true,
    });
    expect((await one.request("POST", "/app/proxy", '"through a new Request"')).text).toBe('"through a new Request"');
    const big = "y".repeat(2_000_000);
    expect((await one.request("POST", "/app/proxy", big)).text).toBe(big);
  });

  it("answers 500 with a request id and no inner text when user code throws, logs the stack and counts it", async () => {
    const one = await (await start("behaviours")).ready();
    for (const where of ["/app/throw", "/app/reject"]) {
      const answer = await one.request("GET", where);
      expect(answer.status).toBe(500);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
      expect(JSON.parse(answer.text)).toMatchObject({ code: "replica/user_error", request_id: "req-1", status: 500 });
      expect(answer.text).not.toContain("user code");
      expect(answer.headers["server-timing"]).toMatch(/^model;dur=[\d.]+$/);
    }
    await eventually(
      "the log has the stack",
      () => one.stderr.includes("kaboom in user code") && one.stderr.includes("behaviours.ts"),
    );
    const report = await one.agent.waitFor("windows", ({ windows }) =>
      windows.some(({ series }) => series.some(({ statusCounts }) => statusCounts["500"] === 2)),
    );
    expect(report.windows[0]?.series[0]?.key).toEqual({
      application: "app",
      deployment: "App",
      revision: 1,
      variant: "r1",
    });
  });

  it("counts requests under the revision that they carry", async () => {
    const one = await (await start("behaviours")).ready();
    await one.request("GET", "/app/text", undefined, { revision: 7 });
    await one.agent.waitFor("windows", ({ windows }) =>
      windows.some(({ series }) => series.some(({ key }) => key.revision === 7 && key.variant === "r7")),
    );
  });

  it("aborts the request's signal when the caller cancels", async () => {
    const one = await (await start("behaviours")).ready();
    const connection = await one.connect();
    const waiting = one.request("GET", "/app/wait", undefined, { connection });
    await one.untilOngoing(1);
    connection.destroy("the caller goes away");
    await expect(waiting).rejects.toBeDefined();
    await eventually("user code saw the abort", () => one.stdout.includes("aborted"));
  });

  it("never runs more than max_ongoing_requests: the next is rejected, and a slot is offered when one frees", async () => {
    const one = await (await start("behaviours", { launch: { maxOngoingRequests: 2 } })).ready();
    const slots: number[] = [];
    const connection = await one.connect();
    const waiter = await one.connect({ onSlot: (slot) => slots.push(slot.max) });
    const first = [
      one.request("GET", "/app/wait", undefined, { connection }),
      one.request("GET", "/app/wait", undefined, { connection }),
    ];
    await one.untilOngoing(2);
    const error: unknown = await one
      .request("GET", "/app/text", undefined, { connection: waiter })
      .catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(RejectedError);
    expect((error as RejectedError).reject).toEqual({ ongoing: 2, max: 2, code: RejectCode.atCapacity });
    // More room by reconfigure is offered at once.
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 3 });
    await eventually("slot offered", () => slots.length > 0);
    expect(slots[0]).toBe(3);
    expect((await one.request("GET", "/app/release", undefined, { connection: waiter })).text).toBe("ok");
    expect((await Promise.all(first)).map((answer) => answer.text)).toEqual(["released", "released"]);
  });

  it("rejects requests for another deployment as wrongly routed", async () => {
    const one = await (await start("behaviours")).ready();
    const other = { ...one.launch };
    Object.assign(one, { launch: { ...other, deployment: "Other" } });
    const error: unknown = await one
      .request("GET", "/app", undefined, { connection: await one.connect() })
      .catch((reason: unknown) => reason);
    expect((error as RejectedError).reject.code).toBe(RejectCode.wrongTarget);
  });

  it("answers calls with values, and errors with their own name and message", async () => {
    const one = await (await start("behaviours")).ready();
    expect(await one.call("add", [2, 3])).toMatchObject({ value: 5, error: undefined });
    expect((await one.call("fail", [])).error).toMatchObject({
      type: "RangeError",
      message: "out of range",
      code: "",
    });
    expect((await one.call("reconfigure", [])).error?.message).toMatch(/no method reconfigure/);
  });
});

describe("handles", () => {
  it("calls another deployment in the revision of the request, and passes its errors through", async () => {
    const front = await start("pipeline", { launch: { deployment: "Front", poolId: "p-front" } });
    await front.ready();
    const doubler = await RunningHost.start({
      hostFile: path.join(host.dir, "host.mjs"),
      agent: front.agent,
      runDir: front.launch.runDir,
      launch: {
        bundleDir: bundles["pipeline"] ?? "",
        deployment: "Doubler",
        poolId: "p-doubler",
        maxOngoingRequests: 1,
      },
    });
    running.unshift(doubler);
    await front.agent.waitFor(
      "stage",
      ({ stage, address }) => stage === "ready" && address?.kind === "unix" && address.path === doubler.socketPath,
    );
    front.agent.send({ type: "slices", slices: [sliceOf([front, doubler], "Front", 4)] });
    expect((await front.request("POST", "/app", 21, { revision: 4 })).text).toBe('{"result":42}');
    expect((await front.request("POST", "/app", -1, { revision: 4 })).text).toBe('{"result":"RangeError: negative"}');
    // Far more than the pool takes at once: REJECT makes the rest wait, nothing is lost.
    const connection = await front.connect();
    const many = await Promise.all(
      Array.from({ length: 50 }, (_, value) => front.request("POST", "/app", value, { revision: 4, connection })),
    );
    expect(many.map((answer) => JSON.parse(answer.text).result)).toEqual(
      Array.from({ length: 50 }, (_, value) => value * 2),
    );
    // The windows of the called deployment carry the request's revision, not the replica's.
    await front.agent.waitFor("windows", ({ windows }) =>
      windows.some(({ series }) => series.some(({ key }) => key.deployment === "Doubler" && key.revision === 4)),
    );
  });
});
