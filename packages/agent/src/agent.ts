import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { memberName } from "@sluice/contracts";
import type { Gpu } from "@sluice/contracts";
import { createRegistry, mergeExpositions, planAllowedHosts, startMetricsServer } from "@sluice/observability";
import type { Logger, ProcessScope } from "@sluice/observability";
import { registerAgentMetrics } from "./agent-metrics.ts";
import { BundleCache } from "./bundle/bundle-cache.ts";
import type { AgentConfig } from "./config.ts";
import { limitConcurrency } from "./describe/limit-concurrency.ts";
import { runDescribe } from "./describe/run-describe.ts";
import { planDescribeEntry, planEntryCommand } from "./host/entries.ts";
import { launchHost } from "./host/launch-host.ts";
import { refuseSecondAgent, startHostServer } from "./host/host-server.ts";
import { ReplicaFiles } from "./host/replica-files.ts";
import { readReplicaMetrics } from "./host/replica-metrics.ts";
import { WarmHosts } from "./host/warm-hosts.ts";
import { ControllerSession } from "./link/controller-session.ts";
import { openNodeAccess } from "./join/node-access.ts";
import { SavedAssignments } from "./link/saved-assignments.ts";
import { DataListener } from "./node/data-listener.ts";
import { readNodeFacts } from "./node/facts.ts";
import { ReplicaLogs } from "./logs/replica-logs.ts";
import { MemoryCages } from "./memory/memory-cages.ts";
import { openCageRoot } from "./memory/open-cage-root.ts";
import { planGpus } from "./node/plan-gpus.ts";
import { probeNvidiaGpus } from "./node/probe-gpus.ts";
import type { GpuProbe } from "./node/probe-gpus.ts";
import { loadNodeId } from "./node/identity.ts";
import { createRunDir } from "./node/run-dir.ts";
import { UsageMeter } from "./node/usage.ts";
import { DiskSweeper } from "./sweep/disk-sweeper.ts";
import { Supervisor } from "./supervise/supervisor.ts";

export interface AgentParts {
  readonly config: AgentConfig;
  readonly logger: Logger;
  readonly scope: Pick<ProcessScope, "onStop">;
  /** Finds GPUs; nvidia-smi unless told otherwise. */
  readonly probeGpus?: GpuProbe;
}

const describesAtOnce = 2;
/** Of a replica's id as the controller gives it, with the rank of a member. */
const memberNameLength = 12;

/**
 * Wires one agent and starts it. Order matters: hosts of an earlier life are taken over and the saved assignments are in
 * force before the controller is dialled, so that its first hello tells the truth.
 */
export async function startAgent({ config, logger, scope, probeGpus = probeNvidiaGpus() }: AgentParts): Promise<void> {
  await mkdir(config.agentDir, { recursive: true, mode: 0o700 });
  const [nodeId, runDir, found] = await Promise.all([
    loadNodeId(config.agentDir),
    createRunDir(config.agentDir),
    probeGpus(),
  ]);
  const listGpus = (seen: readonly Gpu[]): readonly Gpu[] =>
    planGpus({ found: seen, declared: config.declared, visible: config.visibleGpus, nodeId });
  const gpus = listGpus(found);
  const facts = readNodeFacts({ nodeId, declared: config.declared, gpus });
  const { dataListenAddress: listenAddress } = config.declared;
  await refuseSecondAgent(runDir);
  const { secret, address, learnControllers } = await openNodeAccess({ ...config, facts, logger });

  let fetchedBytes = 0;
  const bundles = new BundleCache({
    dir: join(config.agentDir, "bundles"),
    get controllerUrl() {
      return address.current;
    },
    secret,
    onFetched: (bytes) => (fetchedBytes += bytes),
  });
  scope.onStop("bundles", () => bundles.close());

  const files = new ReplicaFiles(config.agentDir);
  const hostCommand = planEntryCommand("host", config.hostEntry, import.meta.url);
  const warmHosts = new WarmHosts({
    count: config.warmHosts,
    command: hostCommand,
    dir: join(config.agentDir, "warm"),
    launchFilePlaceholder: files.assignmentPath("-".repeat(memberNameLength)),
    env: config.inheritedEnv,
    logger,
  });
  const logs = new ReplicaLogs({ files });
  const supervisor: Supervisor = new Supervisor({
    files,
    logs,
    cages: new MemoryCages(openCageRoot(), logger),
    bundles,
    logger,
    limits: { startTimeoutMs: config.startTimeoutMs },
    onObserved: (changed) => session.reportObserved(changed),
    onWindows: (report) => session.reportWindows(report),
    onLoad: (load) => session.reportLoad(load),
    certify: (member, publicKey) => session.certify(member, publicKey),
    launch: (assignment, bundleDir) =>
      launchHost(assignment, bundleDir, {
        ...config,
        nodeName: facts.name,
        dataAddress: facts.dataAddress,
        ...(listenAddress === null ? {} : { dataListenAddress: listenAddress }),
        files,
        warmHosts,
        command: hostCommand,
        runDir,
        nodeId,
        inherited: config.inheritedEnv,
        logger,
      }),
  });

  const readMetrics = (): Promise<readonly string[]> =>
    readReplicaMetrics(runDir, supervisor.observations().map(memberName));

  const saved = new SavedAssignments(config.agentDir);
  const { epoch } = await saved.load();
  // Nothing found at start stays nothing; a driver that is silent later says nothing about its GPUs.
  const refreshGpus: GpuProbe = async () => {
    const seen = found.length === 0 ? [] : await probeGpus();
    return seen.length === 0 ? [] : listGpus(seen);
  };
  const meter = new UsageMeter(refreshGpus, gpus);
  const describeCommand = planEntryCommand(
    "describe",
    planDescribeEntry(config.describeEntry, config.hostEntry),
    import.meta.url,
  );
  const dataListener: DataListener | null =
    facts.dataAddress === "local"
      ? null
      : new DataListener({
          nodeId,
          dataAddress: facts.dataAddress,
          listenAddress: listenAddress ?? facts.dataAddress,
          certify: (publicKey) => session.certify(null, publicKey),
          onListening: () => session.reportDataListener(),
          logger,
        });
  const session: ControllerSession = new ControllerSession({
    address,
    onControllers: (urls) => void learnControllers(urls),
    secret,
    initialEpoch: epoch,
    facts,
    logger,
    measureUsage: () => meter.measure(Date.now()),
    observations: () => supervisor.observations(),
    onAssignments: (set) => {
      if (!saved.accept(set)) return logger.warn({ version: set.version }, "older assignments ignored");
      saved.save().catch((err: unknown) => logger.error({ err }, "assignments not saved"));
      supervisor.setAssignments(set.assignments);
    },
    onSlices: (slices) => supervisor.setSlices(slices),
    onWindowsAcknowledged: (reporter, starts) => supervisor.acknowledgeWindows(reporter, starts),
    describe: limitConcurrency(describesAtOnce, (request) =>
      runDescribe(request, {
        command: describeCommand,
        bundles,
        inheritedEnv: config.inheritedEnv,
        timeoutMs: config.describeTimeoutMs,
      }),
    ),
    onCertifier: () => dataListener?.start(),
    dataListener: () => dataListener?.address ?? null,
    readMetrics: async () => mergeExpositions(await readMetrics()),
    readLogs: (member, request, signal) => logs.read(member, request, () => supervisor.isRunning(member), signal),
  });

  scope.onStop("link to the controller", () => session.close());
  scope.onStop("data listener", async () => dataListener?.close());
  await supervisor.recover();
  const hostServer = await startHostServer(
    runDir,
    { onHello: (hello, connection) => supervisor.acceptHost(hello, connection) },
    logger,
  );
  scope.onStop("host socket", () => hostServer.close());
  scope.onStop("supervision", async () => {
    if (config.stopReplicasOnExit) await supervisor.stopAll();
    supervisor.close();
  });
  const sweeper = new DiskSweeper({
    bundles,
    files,
    assignedBundles: () => supervisor.bundlesInUse(),
    bundleLimits: config.bundleLimits,
    logLimits: config.logLimits,
    intervalMs: config.sweepIntervalMs,
    logger,
  });
  sweeper.start();
  scope.onStop("disk sweeper", () => sweeper.close());
  warmHosts.start();
  // Stopped before the supervision: what is being drained needs no successor.
  scope.onStop("warm hosts", () => warmHosts.close());
  supervisor.start(saved.current.assignments);

  if (config.metricsPort !== 0) {
    const metrics = createRegistry();
    registerAgentMetrics(metrics, {
      observations: () => supervisor.observations(),
      counters: () => supervisor.counters,
      link: () => ({ ...session.counters, isOpen: session.isOpen }),
      fetchedBytes: () => fetchedBytes,
      warmHosts: () => warmHosts.waiting,
    });
    const host = "127.0.0.1";
    const server = await startMetricsServer({
      host,
      port: config.metricsPort,
      metrics,
      others: readMetrics,
      allowedHosts: planAllowedHosts(host, config.allowedHosts),
      health: () => ({
        ok: true,
        nodeId,
        controller: session.isOpen ? "connected" : "not connected",
        replicas: supervisor.observations().length,
      }),
    });
    scope.onStop("metrics server", () => server.close());
  }
  session.start();
  logger.info({ nodeId, agentDir: config.agentDir, runDir, gpus: gpus.length }, "agent is up");
}
