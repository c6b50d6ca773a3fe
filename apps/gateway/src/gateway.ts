/** Puts the parts of a gateway together; `main.ts` runs it as a process, tests run it on port 0. */
import { randomUUID } from "node:crypto";
import {
  ControllerAddress,
  createRegistry,
  createRequestIds,
  joinClusterMetrics,
  metricsText,
  WindowReporter,
  type Logger,
} from "@sluice/observability";
import type { GatewayConfig } from "./config.ts";
import { startControllerLink } from "./control/controller-link.ts";
import { BusyPoll } from "./edge/busy-poll.ts";
import { loadCertificate } from "./edge/load-certificate.ts";
import { ClusterMetrics } from "./http/cluster-metrics.ts";
import { createGatewayServer } from "./http/gateway-server.ts";
import { RequestCounts } from "./http/request-counts.ts";
import type { RequestPorts } from "./request/request-plan.ts";
import { registerDecisionMetrics } from "./routing/decision-metrics.ts";
import { DiskSnapshotWriter, loadDiskSnapshot } from "./routing/disk-snapshot.ts";
import { RoutingState } from "./routing/routing-state.ts";
import { loadGatewayId } from "./routing/gateway-id.ts";
import { GatewayCertificate } from "./upstream/gateway-certificate.ts";
import { ReplicaConnections } from "./upstream/replica-connections.ts";

export interface RunningGateway {
  readonly port: number;
  /** Stops taking connections, finishes what runs, then lets go of replicas and controller. */
  stop(): Promise<void>;
}

/** Time that running requests get at a stop. */
const drainMs = 20_000;

export async function startGateway(config: GatewayConfig, secret: string, logger: Logger): Promise<RunningGateway> {
  const certificate = await loadCertificate(config.certificateFiles);
  const gatewayId = await loadGatewayId(config.stateDir);
  const monotonic = () => performance.now();
  const routing = new RoutingState({
    now: monotonic,
    random: Math.random,
    after: (delayMs, run) => {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  const stored = await loadDiskSnapshot(config.stateDir, (reason) =>
    logger.warn({ reason }, "the routing snapshot on disk cannot be used; waiting for the controller"),
  );
  if (stored !== null) routing.apply({ epoch: stored.epoch, full: true, slices: stored.slices, removed: [] });

  const controller = new ControllerAddress(config.controllerUrls);
  const metrics = createRegistry();
  const clusterMetrics = new ClusterMetrics({
    controllerUrl: () => controller.current,
    secret,
    readOwn: config.isWorker ? joinClusterMetrics(metrics) : () => metricsText(metrics),
    now: monotonic,
  });
  const counts = new RequestCounts(metrics);
  registerDecisionMetrics(metrics, routing);
  const windows = new WindowReporter({ reporter: gatewayId, incarnation: randomUUID() });
  const ownCertificate = await GatewayCertificate.open(config.stateDir, logger);
  const connections = new ReplicaConnections(gatewayId, {
    tlsTo: (backend) => ownCertificate.tlsTo(backend),
    onModels: (replicaId, models) => routing.poolOf(replicaId)?.setModels(replicaId, models),
    onSlot: (replicaId) => offerSlot(routing, replicaId),
    onConnected: (replicaId) => routing.poolOf(replicaId)?.markUp(replicaId),
    onLost: (replicaId, error) => logger.debug({ replicaId, reason: error?.message }, "connection to a replica ended"),
  });
  const busyPoll = new BusyPoll(config.busyPollMs, { now: monotonic, soon: setImmediate });
  const ports: RequestPorts = {
    connections,
    now: monotonic,
    begin: () => busyPoll.begin(),
    end: (plan, method, status) => {
      busyPoll.end();
      counts.add(plan.slice.application, plan.slice.routePrefix ?? "", method, status);
    },
    refused: (slice, method, status) => counts.add(slice?.application ?? "", slice?.routePrefix ?? "", method, status),
    tellBroken: ({ requestId, slice, deployment }, replicaId, reason) =>
      logger.warn(
        { requestId, application: slice.application, deployment, replicaId, reason },
        "an answer was cut off before its end",
      ),
  };
  let isStopping = false;
  const server = createGatewayServer({
    allowedHosts: config.allowedHosts,
    limits: config.limits,
    certificate,
    requestTimeoutMs: config.requestTimeoutMs,
    maxBodyBytes: config.maxBodyBytes,
    routing,
    windows,
    readMetrics: () => clusterMetrics.read(),
    ports,
    ids: createRequestIds(secret),
    overload: config.overload,
    random: Math.random,
    isStopping: () => isStopping,
  });
  const port = await server.listen(config.port, config.host);

  const disk = new DiskSnapshotWriter(config.stateDir, (error) =>
    logger.error({ err: error }, "the routing snapshot was not written"),
  );
  const link = startControllerLink({
    controller,
    secret,
    gatewayId,
    name: config.name,
    address: `${certificate === null ? "http" : "https"}://${config.host}:${String(port)}`,
    routing,
    windows,
    certificate: ownCertificate,
    logger,
    onRouting: () => {
      connections.retain(routing.replicaIds());
      disk.save(routing.snapshot());
    },
  });

  return {
    port,
    stop: async () => {
      isStopping = true;
      await server.stop(drainMs);
      await link.close();
      routing.pools.close();
      await connections.close();
      await disk.flush();
    },
  };
}

/** True when a request waits that can use the slot. */
function offerSlot(routing: RoutingState, replicaId: string): boolean {
  const pool = routing.poolOf(replicaId);
  if (pool === undefined) return false;
  const isWanted = pool.queued > 0;
  pool.announceSlot(replicaId);
  return isWanted;
}
