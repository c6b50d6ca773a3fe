import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../../test/agent-process.ts";
import type { NodeDir } from "../../test/agent-process.ts";
import { buildAssignment } from "../../test/assignment.ts";
import { bundleAgent } from "../../test/bundle-agent.ts";
import { startFakeController } from "../../test/fake-controller.ts";
import type { FakeController } from "../../test/fake-controller.ts";
import { isProcessAlive } from "../host/process-facts.ts";

let entry: string;
let node: NodeDir;
let controller: FakeController;
let bundle: string;
let agents: ReturnType<typeof spawnAgent>[];

beforeAll(async () => {
  entry = await bundleAgent();
});

beforeEach(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  bundle = controller.addBundle(Buffer.from("a model"));
  agents = [];
});

afterEach(async () => {
  for (const agent of agents) await agent.stop("SIGKILL");
  await controller.close();
  await node.clean();
});

function start(env: Record<string, string> = {}) {
  const agent = spawnAgent(entry, node, controller.url, env);
  agents.push(agent);
  return agent;
}

const replica = (replicaId: string, mode = "", given = {}) =>
  buildAssignment({ replicaId, bundle, args: { mode }, ...given });
const isAlive = (pid: number): boolean => isProcessAlive({ pid, startTicks: 0 }, "");

test("assigned replicas become ready through all stages, with a time for each", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1"), replica("r2")]);
  const [first, second] = await Promise.all([controller.reached("r1", "ready"), controller.reached("r2", "ready")]);
  expect(Object.keys(first.stageTimes)).toEqual(["assigned", "preparing", "starting", "loading", "ready"]);
  expect(Object.values(first.stageTimes)).toEqual(Object.values(first.stageTimes).toSorted((a, b) => a - b));
  expect(first.address).toMatchObject({ kind: "unix", path: expect.stringMatching(/\/r1\.sock$/) as string });
  expect(first.pid).not.toBe(second.pid);
  // Two replicas, one fetch.
  expect(controller.requests).toHaveLength(1);
});

test("a host finds its launch file, a private run directory and no credentials in its environment", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1", "", { envVars: { GREETING: "hi" }, cpus: 2 })]);
  await controller.reached("r1", "ready");
  const launchPath = join(node.dir, "a", "replicas", "r1", "assignment.json");
  const launch = JSON.parse(await readFile(launchPath, "utf8"));
  expect((await stat(launchPath)).mode & 0o777).toBe(0o600);
  expect((await stat(launch.runDir)).mode & 0o777).toBe(0o700);
  const env = JSON.parse(await readFile(join(launch.bundleDir, "environment.json"), "utf8"));
  expect(env).toMatchObject({
    GREETING: "hi",
    CUDA_VISIBLE_DEVICES: "",
    OMP_NUM_THREADS: "2",
    SLUICE_REPLICA_ID: "r1",
  });
  expect(env).not.toHaveProperty("SECRET_OF_THE_AGENT");
  expect(env).not.toHaveProperty("SLUICE_CLUSTER_SECRET_FILE");
});

test("kill -9 of a replica is reported as failed by SIGKILL within a second, and it is not started again", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1")]);
  const { pid } = await controller.reached("r1", "ready");
  const killedMs = Date.now();
  process.kill(pid!, "SIGKILL");
  const failed = await controller.reached("r1", "failed", 5_000);
  expect(failed.stageTimes.failed! - killedMs).toBeLessThan(1_000);
  expect(failed).toMatchObject({ exit: { code: null, signal: "SIGKILL" }, message: "exited by SIGKILL", pid: null });
  controller.assign([replica("r1"), replica("r2")]);
  await controller.reached("r2", "ready");
  expect(controller.latest.get("r1")?.stage).toBe("failed");
});

test("an agent that was killed adopts the same processes when it comes back, without a change of stage", async () => {
  const first = start();
  await controller.connected();
  controller.assign([replica("r1"), replica("r2")]);
  const before = await Promise.all([controller.reached("r1", "ready"), controller.reached("r2", "ready")]);
  await first.stop("SIGKILL");
  controller.messages.length = 0;
  start();
  await controller.connected();
  const hello = controller.messages.find((message) => message.type === "hello");
  expect(
    hello?.replicas.map(({ replicaId, stage, pid, message }) => [replicaId, stage, pid, message]).toSorted(),
  ).toEqual(before.map(({ replicaId, stage, pid, message }) => [replicaId, stage, pid, message]));
  // The hosts redial and answer probes again: the second life hears their load.
  await vi.waitFor(
    () => expect(controller.latest.get("r1")).toMatchObject({ stage: "ready", ongoing: 2, pid: before[0].pid }),
    { timeout: 10_000 },
  );
});

test("members of one replica on one node are told apart: files, processes, ends; all are adopted by a restarted agent", async () => {
  const first = start();
  await controller.connected();
  const members = [0, 1, 2].map((rank) =>
    replica("r1", "", { rank, worldSize: 3, configVersion: "c1", rendezvous: { host: "local", port: 29_500 } }),
  );
  controller.assign(members);
  const names = ["r1", "r1.1", "r1.2"];
  const before = await Promise.all(names.map((name) => controller.reached(name, "ready")));
  expect(before.map(({ rank, configVersion }) => [rank, configVersion])).toEqual([
    [0, "c1"],
    [1, "c1"],
    [2, "c1"],
  ]);
  expect(before.map(({ address }) => address?.kind ?? null)).toEqual(["unix", null, null]);
  expect(new Set(before.map(({ pid }) => pid)).size).toBe(3);
  await first.stop("SIGKILL");
  controller.messages.length = 0;
  start();
  await controller.connected();
  const hello = controller.messages.find((message) => message.type === "hello");
  const told = hello?.replicas.toSorted((a, b) => a.rank - b.rank);
  expect(told?.map(({ pid, stage, configVersion }) => [pid, stage, configVersion])).toEqual(
    before.map(({ pid }) => [pid, "ready", "c1"]),
  );
  await vi.waitFor(() => expect(controller.latest.get("r1.2")).toMatchObject({ stage: "ready", ongoing: 2 }), {
    timeout: 10_000,
  });
  controller.assign(members.slice(0, 2));
  await controller.reached("r1.2", "stopped");
  expect(controller.latest.get("r1.1")).toMatchObject({ stage: "ready", pid: before[1]?.pid });
});

test("settings change in place, are in force when the host says so, and a restarted agent knows them", async () => {
  const first = start();
  await controller.connected();
  const was = replica("r1", "", { configVersion: "c1", userConfig: { beam: 1 } });
  controller.assign([was]);
  const { pid } = await controller.reached("r1", "ready");
  const changed = { ...was, configVersion: "c2", userConfig: { beam: 4 }, poolId: "pool-2", revision: 2 };
  controller.assign([changed]);
  await vi.waitFor(() =>
    expect(controller.latest.get("r1")).toMatchObject({ configVersion: "c2", stage: "ready", pid }),
  );
  // One that is not answered is not in force.
  const unanswered = { ...changed, configVersion: "c3", userConfig: "unanswered" };
  controller.assign([unanswered]);
  const log = join(node.dir, "a", "replicas", "r1", "logs", "stdout.log");
  await vi.waitFor(async () => expect(await readFile(log, "utf8")).toContain('"configVersion":"c3"'));
  expect(controller.latest.get("r1")?.configVersion).toBe("c2");
  await first.stop("SIGKILL");
  controller.messages.length = 0;
  controller.latest.clear();
  start();
  await controller.connected();
  const hello = controller.messages.find((message) => message.type === "hello");
  // The host took c3, only its answer was lost: it tells the restarted agent, after which nothing is left to do.
  expect(hello?.replicas).toMatchObject([{ replicaId: "r1", stage: "ready", pid }]);
  expect(["c2", "c3"]).toContain(hello?.replicas[0]?.configVersion);
  await vi.waitFor(
    () => expect(controller.latest.get("r1")).toMatchObject({ configVersion: "c3", stage: "ready", pid }),
    {
      timeout: 10_000,
    },
  );
});

test("a replica that refuses new settings fails with its reason", async () => {
  start();
  await controller.connected();
  const was = replica("r1", "", { configVersion: "c1", gracefulShutdownTimeoutS: 0.1 });
  controller.assign([was]);
  await controller.reached("r1", "ready");
  controller.assign([{ ...was, configVersion: "c2", userConfig: "refused" }]);
  expect(await controller.reached("r1", "failed")).toMatchObject({ message: "no such model", configVersion: "c1" });
});

test("a replica that died while the agent was away is failed, and what is unassigned is drained", async () => {
  const first = start();
  await controller.connected();
  controller.assign([replica("r1"), replica("r2")]);
  const [one] = await Promise.all([controller.reached("r1", "ready"), controller.reached("r2", "ready")]);
  await first.stop("SIGKILL");
  process.kill(one.pid!, "SIGKILL");
  await vi.waitFor(() => expect(isAlive(one.pid!)).toBe(false));
  start();
  await vi.waitFor(() => expect(controller.messages.filter(({ type }) => type === "hello")).toHaveLength(2), {
    timeout: 15_000,
  });
  const failed = await controller.reached("r1", "failed");
  expect(failed.message).toContain("while the agent was away");
  controller.assign([]);
  await controller.reached("r2", "stopped");
});

test("with no controller a restarted agent acts on the assignments it knew", async () => {
  const first = start();
  await controller.connected();
  controller.assign([replica("r1")]);
  const { pid } = await controller.reached("r1", "ready");
  await first.stop("SIGKILL");
  await controller.close();
  const second = start();
  await vi.waitFor(() => expect(second.output()).toContain("adopt: its process survived"), { timeout: 15_000 });
  expect(isAlive(pid!)).toBe(true);
  controller = await startFakeController();
});

test("a removed assignment is drained, and a host that does not end is killed after its graceful time", async () => {
  start();
  await controller.connected();
  const stubborn = replica("r2", "stubborn", { gracefulShutdownTimeoutS: 0.2 });
  controller.assign([replica("r1"), stubborn]);
  await Promise.all([controller.reached("r1", "ready"), controller.reached("r2", "ready")]);
  controller.assign([]);
  const drained = await controller.reached("r1", "stopped");
  expect(drained).toMatchObject({ message: "drained", exit: { code: 0 } });
  const killed = await controller.reached("r2", "stopped");
  expect(killed.message).toBe("not drained within 2.2 s");
});

test.each([
  ["throw", "exited with code 1: TypeError: weights.json is missing"],
  ["fail", "Model has no input named x"],
])("a host in mode %s fails with its reason", async (mode, wanted) => {
  start();
  await controller.connected();
  controller.assign([replica("r1", mode)]);
  expect((await controller.reached("r1", "failed")).message).toBe(wanted);
});

test("three failed health checks end a replica", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1", "unhealthy", { healthCheckPeriodS: 0.2 })]);
  const failed = await controller.reached("r1", "failed");
  expect(failed.message).toBe("3 health checks failed in a row: the model answers nonsense");
  expect(failed.exit?.signal).toBe("SIGKILL");
});

test("health checks follow another period and timeout in place", async () => {
  start();
  await controller.connected();
  const was = replica("r1", "silent", { healthCheckPeriodS: 3_600, healthCheckTimeoutS: 3_600 });
  controller.assign([was]);
  await controller.reached("r1", "ready");
  controller.assign([{ ...was, configVersion: "c2", healthCheckPeriodS: 0.2, healthCheckTimeoutS: 0.3 }]);
  const { message } = await controller.reached("r1", "failed");
  expect(message).toBe("3 health checks failed in a row: no answer within 0.3 s");
});

test("a replica over its memory limit is ended and told so", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1", "memory", { memoryBytes: 150 * 1024 ** 2 })]);
  expect((await controller.reached("r1", "failed")).message).toMatch(/^used \d+ MiB of its limit 150 MiB of memory/);
});

test("a replica that never becomes ready is ended at the deadline", async () => {
  start({ SLUICE_REPLICA_START_TIMEOUT_S: "1" });
  await controller.connected();
  controller.assign([replica("r1", "slow")]);
  expect((await controller.reached("r1", "failed")).message).toBe("not ready within 1 s, still loading");
});

test("SIGTERM leaves the hosts running unless told to stop them", async () => {
  const first = start();
  await controller.connected();
  controller.assign([replica("r1")]);
  const { pid } = await controller.reached("r1", "ready");
  expect(await first.stop()).toBe(0);
  expect(isAlive(pid!)).toBe(true);
  const second = start({ SLUICE_STOP_REPLICAS_ON_EXIT: "1" });
  await vi.waitFor(() => expect(second.output()).toContain("adopt"), { timeout: 15_000 });
  expect(await second.stop()).toBe(0);
  expect(isAlive(pid!)).toBe(false);
});

test("messages of an older epoch change nothing", async () => {
  const agent = start();
  await controller.connected();
  controller.send({ type: "assignments", version: 1, assignments: [replica("r1")] }, 5);
  await controller.reached("r1", "ready");
  controller.send({ type: "assignments", version: 9, assignments: [] }, 4);
  await vi.waitFor(() => expect(agent.output()).toContain("lower epoch refused"));
  expect(controller.latest.get("r1")?.stage).toBe("ready");
});

test("windows of a host travel to the controller under its name, and acknowledgements back", async () => {
  start();
  await controller.connected();
  controller.assign([replica("r1", "windows")]);
  const windows = await vi.waitFor(
    () => {
      const found = controller.messages.find((message) => message.type === "windows");
      if (found === undefined) throw new Error("no windows yet");
      return found;
    },
    { timeout: 15_000 },
  );
  expect(windows.report).toMatchObject({ reporter: "r1", incarnation: "i1" });
  controller.send({ type: "windows_ack", reporter: "r1", windowStartMs: [1_700_000_000_000] });
  const log = join(node.dir, "a", "replicas", "r1", "logs", "stdout.log");
  await vi.waitFor(async () =>
    expect(await readFile(log, "utf8")).toContain('{"type":"windows_ack","windowStartMs":[1700000000000]}'),
  );
});

test("heartbeats carry the usage of the node, and a second agent on the directory is refused", async () => {
  start();
  await controller.connected();
  const usage = await vi.waitFor(() => {
    const beats = controller.messages.filter((message) => message.type === "heartbeat");
    if (beats.length < 2) throw new Error("no heartbeats yet");
    return beats.at(-1)!.usage;
  });
  expect(usage.memoryUsedBytes).toBeGreaterThan(1024 ** 2);
  expect(usage.cpuPercent).toBeGreaterThanOrEqual(0);
  const second = start();
  expect((await second.exited)[0]).toBe(2);
  expect(second.output()).toMatch(/Another agent already runs on this directory .*--dir /);
});
