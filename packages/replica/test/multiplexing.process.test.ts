/** Multiplexed models of user code in a real replica, seen from its callers, its log and its metrics. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { buildHost, prepareApp } from "./build.ts";
import type { HostBuild } from "./build.ts";
import { eventually } from "./eventually.ts";
import { readMetrics } from "./read-metrics.ts";
import { RunningHost } from "./running-host.ts";

let build: HostBuild;
let bundleDir: string;
let one: RunningHost;

beforeAll(async () => {
  build = await buildHost();
  bundleDir = await prepareApp("batching");
}, 60_000);
afterEach(async () => one.stop());
afterAll(async () => {
  await build[Symbol.asyncDispose]();
  await rm(bundleDir, { recursive: true, force: true });
});

async function start(launch: object = {}): Promise<void> {
  one = await RunningHost.start({ hostFile: path.join(build.dir, "host.mjs"), launch: { bundleDir, ...launch } });
  await one.ready();
}

async function get(step: string, given: Parameters<RunningHost["request"]>[3] = {}) {
  return one.request("GET", `/app/${step}`, undefined, given);
}

const asking = (id: string) => ({ fields: { multiplexedModelId: id } });

it("tells its callers which models it holds, now and at each change, and counts under Ray's names", async () => {
  await start();
  const told: (readonly string[])[] = [];
  await one.connect({ onModels: (ids) => told.push(ids) });
  for (const id of ["a", "b", "a", "c"]) expect((await get("model", asking(id))).text).toBe(id);
  await eventually("told of c", () => told.at(-1)?.[0] === "c");
  expect(told.at(-1)).toEqual(["c", "a"]);
  await eventually("b is unloaded", () => one.stdout.includes("unloaded b"));
  const late: (readonly string[])[] = [];
  await one.connect({ onModels: (ids) => late.push(ids) });
  await eventually("a new caller is told", () => late.length > 0);
  expect(late[0]).toEqual(["c", "a"]);
  const text = await readMetrics(one);
  expect(text).toMatch(/ray_serve_num_multiplexed_models\{.*\} 2/);
  expect(text).toMatch(/ray_serve_registered_multiplexed_model_id\{model_id="c",.*\} 1/);
  expect(text).toMatch(/ray_serve_multiplexed_models_load_counter_total\{.*\} 3/);
  expect(text).toMatch(/ray_serve_multiplexed_models_unload_counter_total\{.*\} 1/);
  expect(text).toMatch(/ray_serve_multiplexed_get_model_requests_counter_total\{.*\} 4/);
  expect(text).toMatch(/ray_serve_multiplexed_model_load_latency_ms_count\{.*\} 3/);
});

it("does not unload a model that a request uses: the other waits until that has ended", async () => {
  await start();
  const held = [get("held", asking("a")), get("held", asking("b"))];
  await one.untilOngoing(2);
  const waiting = get("model", asking("c"));
  await one.untilOngoing(3);
  expect(one.stdout).not.toContain("unloaded");
  await get("release");
  expect((await waiting).text).toBe("c");
  for (const each of held) expect((await each).text).toBe("held");
});

it("unloads what it holds when it is drained", async () => {
  await start();
  await get("model", asking("a"));
  one.agent.send({ type: "drain", timeoutS: 5, waitLoopS: 0.1 });
  expect(await one.exited).toMatchObject({ code: 0 });
  expect(one.stdout).toContain("unloaded a");
});
