/** Batches of user code in a real replica, seen from its answers, its log and its metrics. */
import { rm } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
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

describe("batches", () => {
  it("answers each request its own result, says in Server-Timing why it waited, and counts under Ray's names", async () => {
    await start();
    const answers = await Promise.all([1, 2, 3, 4].map((item) => get(`score/${item}`)));
    expect(answers.map(({ text }) => text)).toEqual([2, 4, 6, 8].map((score) => JSON.stringify({ score })));
    for (const { headers } of answers) {
      expect(headers["server-timing"]).toMatch(/^batch;dur=[\d.]+;desc="4 of 4, full", model;dur=[\d.]+/);
    }
    const text = await readMetrics(one);
    const labels = `application="app",deployment="App",replica="${one.launch.replicaId}"`;
    const value = (name: string, own = 'function_name="score"'): number => {
      const line = text
        .split("\n")
        .find((each) => each.startsWith(`${name}{`) && each.includes(own) && each.includes(labels));
      expect(line, `${name} in ${text}`).toBeDefined();
      return Number(line?.split(" ").at(-1));
    };
    expect(value("ray_serve_batches_processed_total")).toBe(1);
    expect(value("ray_serve_actual_batch_size_sum")).toBe(4);
    expect(value("ray_serve_batch_utilization_percent_sum")).toBe(100);
    expect(value("ray_serve_batch_wait_time_ms_count")).toBe(1);
    expect(value("ray_serve_batch_execution_time_ms_count")).toBe(1);
    expect(value("ray_serve_batch_queue_length")).toBe(0);
    expect(value("sluice_batch_releases_total", 'reason="full"')).toBe(1);
  });

  it("fails the one bad item with its own error, its neighbours are answered", async () => {
    await start();
    const answers = await Promise.all([1, -2, 3, 4].map((item) => get(`score/${item}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 500, 200, 200]);
    expect(one.stderr).toContain("negative: -2");
  });

  it("changes the size at runtime through reconfigure", async () => {
    await start();
    one.agent.send({ type: "reconfigure", maxOngoingRequests: 100, userConfig: { size: 1 } });
    one.agent.send({ type: "probe", probeId: 1 });
    await one.agent.waitFor("health", ({ probeId }) => probeId === 1);
    expect((await get("score/7")).headers["server-timing"]).toContain('desc="1 of 1, full"');
  });

  it("batches async generators: each request gets its own stream", async () => {
    await start();
    const answers = await Promise.all([3, 1, 2].map((limit) => get(`count/${limit}`)));
    expect(answers.map(({ text }) => text)).toEqual(["[0,1,2]", "[0]", "[0,1]"]);
  });

  it("a caller that goes away leaves the queue before its batch is formed", async () => {
    await start();
    const first = get("slow/1");
    await eventually("the first batch runs", () => one.stdout.includes("slow: 1\n"));
    const connection = await one.connect();
    const left = get("slow/2", { connection });
    const stays = get("slow/3");
    await one.untilOngoing(3);
    connection.destroy("the caller goes away");
    await expect(left).rejects.toBeDefined();
    await one.untilOngoing(2);
    await get("release");
    await first;
    await eventually("the second batch runs", () => one.stdout.includes("slow: 3\n"));
    await get("release");
    expect((await stays).text).toBe("3");
    expect(one.stdout).not.toContain("slow: 2");
  });

  it("a deadline that passes in the queue takes the item out before its batch is formed", async () => {
    await start();
    const first = get("slow/1");
    await eventually("the first batch runs", () => one.stdout.includes("slow: 1\n"));
    await expect(get("slow/2", { fields: { deadlineMs: 50 } })).rejects.toMatchObject({ code: "deadline_exceeded" });
    await get("release");
    expect((await first).text).toBe("1");
    await one.untilOngoing(0);
    expect(one.stdout).not.toContain("slow: 2");
  });

  it("a batch belongs to one revision and one model", async () => {
    await start();
    const answers = await Promise.all([
      get("seen/a", { revision: 1, fields: { multiplexedModelId: "m" } }),
      get("seen/b", { revision: 2, fields: { multiplexedModelId: "m" } }),
      get("seen/c", { revision: 1, fields: { multiplexedModelId: "m" } }),
      get("seen/d", { revision: 1, fields: { multiplexedModelId: "n" } }),
    ]);
    expect(answers.map(({ text }) => text)).toEqual([
      "a+c in revision 1 for m",
      "b in revision 2 for m",
      "a+c in revision 1 for m",
      "d in revision 1 for n",
    ]);
  });

  it("warns that max_ongoing_requests below maxBatchSize x maxConcurrentBatches keeps batches from filling", async () => {
    await start({ maxOngoingRequests: 2 });
    void get("score/1").catch(() => undefined);
    const warning = "Set max_ongoing_requests to 4 or more.";
    await eventually("the warning is in the log", () => one.stderr.includes(warning));
    expect(one.stderr).toContain("score: maxBatchSize (4) x maxConcurrentBatches (1)");
  });
});
