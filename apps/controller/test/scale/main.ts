/**
 * `tsx apps/controller/test/scale/main.ts [--nodes 1000] [--applications 500] [--replicas 20] [--seconds 60]`: the real
 * controller over a real Postgres with production settings; nodes and gateways are played in this process. Prints one JSON line.
 */
import { parseArgs } from "node:util";
import { acquireLease, createDatabase, defaultProjectId, openDatabase } from "@sluice/db";
import { defaultReconcileSettings } from "@sluice/domain";
import { createLogger, createRegistry } from "@sluice/observability";
import { startTestServer, TEMPLATE_DATABASE } from "@sluice/testkit";
import { createCore } from "../../src/leader/core.ts";
import { wallClock } from "../../src/leader/leader-context.ts";
import { registerControllerMetrics } from "../../src/metrics/controller-metrics.ts";
import { MetricIngest } from "../../src/metrics/metric-ingest.ts";
import { CountNews } from "../../src/metrics/replica-counts.ts";
import { reportCluster } from "../../src/metrics/report-cluster.ts";
import { startPeriodicTask } from "../../src/order/periodic-task.ts";
import { createLeaderParts } from "../../src/state/leader-parts.ts";
import { postgresStore } from "../../src/state/postgres-store.ts";
import { BusyAgent } from "./busy-agent.ts";
import { measureDatabase } from "./database-load.ts";
import { profile } from "./profile.ts";
import { connectGateway } from "./quick-gateway.ts";
import { scaleApplication, writeApplication } from "./write-applications.ts";

const { values } = parseArgs({
  options: {
    nodes: { type: "string", default: "1000" },
    applications: { type: "string", default: "500" },
    replicas: { type: "string", default: "20" },
    seconds: { type: "string", default: "60" },
  },
});
const [nodes, applications, replicas, seconds] = [
  values.nodes,
  values.applications,
  values.replicas,
  values.seconds,
].map(Number) as [number, number, number, number];
const log = (text: string): void => void process.stderr.write(`${text}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const heartbeatMs = 2_000;

const server = await startTestServer({ isDurable: true });
const name = "scale";
await createDatabase(server.url, name, TEMPLATE_DATABASE);
const url = new URL(server.url);
url.pathname = `/${name}`;
const database = openDatabase({ url: url.href, connectTimeoutMs: 60_000 });
const lease = await acquireLease(database, { holder: "scale", address: "http://127.0.0.1:1", ttlMs: 3_600_000 });
if (lease === null) throw new Error("the lease is held");

const names = Array.from({ length: applications }, (_, index) => `app-${String(index).padStart(3, "0")}`);
const ids: string[] = [];
for (const application of names) ids.push(await writeApplication(database, application, replicas));
log(`${String(applications)} applications are written`);

const logger = createLogger({ name: "scale", level: "warn", format: "json" });
const settings = {
  epoch: lease.epoch,
  logger,
  heartbeatIntervalMs: heartbeatMs,
  heartbeatTimeoutMs: 60_000,
  resyncIntervalMs: 5_000,
  rollouts: defaultReconcileSettings,
};
const parts = createLeaderParts(settings, wallClock, postgresStore(database, lease.epoch));
const context = { ...parts, database };
/** Reconciles since the last look: how often, how long, with how many changes. */
let reconciled: { id: string; changes: number; tookMs: number }[] = [];
const core = createCore({
  context,
  projectId: defaultProjectId,
  random: Math.random,
  onWindows: () => undefined,
  onNodes: () => undefined,
  onReconciled: (id, _cause, changes, tookMs) => reconciled.push({ id, changes, tookMs }),
});
const until = async (what: string, isTrue: () => boolean, everyMs = 5): Promise<void> => {
  const startedMs = performance.now();
  while (!isTrue()) {
    await pause(everyMs);
    if (performance.now() - startedMs > 300_000)
      throw new Error(`never happened: ${what}; ${JSON.stringify(reconciled.slice(-3))}`);
  }
};
const readyCount = (): number =>
  [...parts.state.applications()].reduce(
    (sum, [, { replicas: its }]) => sum + [...its.values()].filter(({ stage }) => stage === "ready").length,
    0,
  );
const median = (samples: readonly number[], at = 0.5): number =>
  [...samples].sort((a, b) => a - b)[Math.min(samples.length - 1, Math.floor(samples.length * at))] ?? 0;

await core.begin();
connectGateway(core, "gateway-0");
connectGateway(core, "gateway-1");
const agents = Array.from(
  { length: nodes },
  (_, index) =>
    new BusyAgent(core, {
      nodeId: `node-${String(index)}`,
      name: `node-${String(index)}`,
      hostname: `host-${String(index)}`,
      dataAddress: "10.0.0.1",
      cpus: 8,
      memoryBytes: 32e9,
      gpus: [],
      custom: {},
      labels: { zone: `z${String(index % 3)}` },
      agentVersion: "0.1.0",
      platform: "linux",
    }),
);
const deployStartedMs = performance.now();
const deployProfile = await profile(async () => {
  for (const agent of agents) agent.hello();
  await until("all replicas are ready", () => readyCount() === applications * replicas, 200);
});
const deployS = (performance.now() - deployStartedMs) / 1000;
log(`${String(applications * replicas)} replicas are placed and ready after ${deployS.toFixed(1)} s`);
await pause(10_000);

// Heartbeats are spread over their interval, as those of many machines are.
const beats = agents.map((agent, index) => {
  let timer: NodeJS.Timeout;
  const start = setTimeout(() => (timer = setInterval(() => agent.beat(), heartbeatMs)), (index * heartbeatMs) / nodes);
  return () => {
    clearTimeout(start);
    clearInterval(timer);
  };
});
const metrics = registerControllerMetrics(createRegistry());
const ingest = new MetricIngest(context, defaultProjectId);
const news = new CountNews();
const every = (everyMs: number, work: () => Promise<unknown>) =>
  startPeriodicTask(
    everyMs,
    async () => void (await work()),
    (error) => log(String(error)),
  );
const turns = [
  every(1_000, () => parts.sightings.flush(Date.now())),
  every(2_000, () => {
    reportCluster({ context, metrics, ingest, news, isLeading: () => true });
    return Promise.resolve();
  }),
  every(1_000, () => core.nodes.judge()),
];
const resync = every(5_000, () => core.resync());
const cpuBefore = process.cpuUsage();
const { rowsPerS, walPerS, tables } = await measureDatabase(url.href, () => pause(seconds * 1000));
const cpu = process.cpuUsage(cpuBefore);
const cpuShare = (cpu.user + cpu.system) / 1e6 / (seconds + 2);
const rssBytes = process.memoryUsage().rss;
const heapBytes = process.memoryUsage().heapUsed;
log(
  `heartbeats: ${rowsPerS.toFixed(0)} rows/s, ${(walPerS / 1e6).toFixed(2)} MB/s of WAL, ${(100 * cpuShare).toFixed(0)} % of one core; ${tables.join(", ")}`,
);

const changes: number[] = [];
for (let index = 0; index < Math.min(60, applications); index += 1) {
  const [application = "", id = ""] = [names[index], ids[index]];
  const models = replicas - Math.max(1, Math.floor(replicas / 4));
  await scaleApplication(database, application, models + 1);
  reconciled = [];
  core.noteIntent(id);
  await until("the change is written", () => reconciled.some((run) => run.id === id && run.changes > 0), 1);
  changes.push(reconciled.find((run) => run.id === id && run.changes > 0)?.tookMs ?? 0);
  await pause(100);
}
log(`one application's change: median ${median(changes).toFixed(1)} ms, p95 ${median(changes, 0.95).toFixed(1)} ms`);
await resync.stop();
await pause(3_000);

const fullOnce = async (): Promise<number> => {
  reconciled = [];
  const startedMs = performance.now();
  await core.resync();
  await until("all applications are looked at", () => new Set(reconciled.map(({ id }) => id)).size === applications, 1);
  return performance.now() - startedMs;
};
const fulls: number[] = [];
for (let index = 0; index < 10; index += 1) {
  fulls.push(await fullOnce());
  await pause(200);
}
log(`full reconcile: median ${median(fulls).toFixed(0)} ms, longest ${Math.max(...fulls).toFixed(0)} ms`);
const fullProfile = await profile(async () => {
  for (let index = 0; index < 5; index += 1) await fullOnce();
});

const second = createLeaderParts(settings, wallClock, postgresStore(database, lease.epoch));
const fillStartedMs = performance.now();
await second.reader.fill();
const fillMs = performance.now() - fillStartedMs;
log(`a new leader reads everything in ${fillMs.toFixed(0)} ms`);

beats.forEach((stop) => stop());
await Promise.all(turns.map((turn) => turn.stop()));
const top = (lines: Awaited<ReturnType<typeof profile>>): string[] =>
  lines.slice(0, 15).map(({ name: its, share }) => `${(100 * share).toFixed(1)} % ${its}`);
const figures = { fullMs: fulls, changeMs: changes, rssBytes, heapBytes, rowsPerS, walPerS, cpuShare, fillMs, deployS };
process.stdout.write(
  `${JSON.stringify({ ...figures, deployProfile: top(deployProfile), fullProfile: top(fullProfile) })}\n`,
);
await core.end();
await ingest.flush();
await database.close();
await server.stop();
process.exit(0);
