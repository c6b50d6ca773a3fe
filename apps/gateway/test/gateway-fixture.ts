/** A gateway on port 0, a WebSocket server that plays the controller, and wire servers that play replicas. All on loopback. */
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { WebSocketServer, type WebSocket } from "ws";
import { controllerPaths, ControllerToGateway, GatewayMessage, type RoutingSlice } from "@sluice/contracts";
import { createLogger } from "@sluice/observability";
import { serveWire, type WireRequest, type WireServer } from "@sluice/wire";
import type { GatewayConfig } from "../src/config.ts";
import { startGateway, type RunningGateway } from "../src/gateway.ts";

export const secret = "a-secret-of-the-test-cluster";

export interface FakeController {
  readonly url: string;
  readonly received: GatewayMessage[];
  /** What `/internal/metrics` answers; null = as a controller that stands by. */
  metrics: string | null;
  send(message: ControllerToGateway): void;
  stop(): Promise<void>;
}

export async function startFakeController(): Promise<FakeController> {
  const server = createServer((request, response) => {
    const isKnown = request.headers.authorization === `Bearer ${secret}`;
    if (!isKnown || request.url !== controllerPaths.metrics || controller.metrics === null)
      response.writeHead(503).end();
    else response.end(controller.metrics);
  });
  const sockets = new WebSocketServer({ server, path: "/internal/gateway" });
  const received: GatewayMessage[] = [];
  const open = new Set<WebSocket>();
  sockets.on("connection", (socket) => {
    open.add(socket);
    socket.on("close", () => open.delete(socket));
    socket.on("message", (data: Buffer) => received.push(GatewayMessage.parse(JSON.parse(data.toString()))));
    socket.send(JSON.stringify({ type: "welcome", epoch: 1 } satisfies ControllerToGateway));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const controller: FakeController = {
    metrics: null,
    url: `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    received,
    send: (message) => open.forEach((socket) => socket.send(JSON.stringify(ControllerToGateway.parse(message)))),
    stop: async () => {
      open.forEach((socket) => socket.terminate());
      sockets.close();
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
  return controller;
}

export interface FakeReplica {
  readonly replicaId: string;
  readonly path: string;
  readonly server: WireServer;
}

export class GatewayFixture implements AsyncDisposable {
  readonly dir: string;
  readonly controller: FakeController;
  gateway: RunningGateway;
  /** Lines that gateways of this fixture logged, warnings and worse. */
  readonly log: readonly string[];
  readonly #log: string[];
  readonly #replicas: FakeReplica[] = [];
  readonly #config: GatewayConfig;
  #version = 0;

  private constructor(
    dir: string,
    controller: FakeController,
    config: GatewayConfig,
    gateway: RunningGateway,
    log: string[],
  ) {
    this.dir = dir;
    this.controller = controller;
    this.gateway = gateway;
    this.#config = config;
    this.log = this.#log = log;
  }

  static async start(change: Partial<GatewayConfig> = {}): Promise<GatewayFixture> {
    const dir = await mkdtemp(join(tmpdir(), "sluice-gw-"));
    const controller = await startFakeController();
    const config: GatewayConfig = {
      host: "127.0.0.1",
      port: 0,
      controllerUrls: [controller.url],
      clusterSecretFile: "",
      stateDir: join(dir, "state"),
      name: "test",
      allowedHosts: ["127.0.0.1", "localhost"],
      logLevel: "silent",
      logFormat: "json",
      requestTimeoutMs: 0,
      busyPollMs: 0,
      maxBodyBytes: 10 * 1024 * 1024,
      certificateFiles: null,
      workers: 1,
      isWorker: false,
      overload: { queueFullStatus: 503, retryAfterS: 1 },
      limits: {
        maxHeadBytes: 16_384,
        maxConnections: 1_000,
        headTimeoutMs: 30_000,
        stallTimeoutMs: 60_000,
        keepAliveTimeoutMs: 90_000,
      },
      ...change,
    };
    const log: string[] = [];
    return new GatewayFixture(dir, controller, config, await launch(config, log), log);
  }

  get url(): string {
    return `http://127.0.0.1:${String(this.gateway.port)}`;
  }

  /** Stops the gateway and starts it again from its state directory. */
  async restart(): Promise<void> {
    await this.gateway.stop();
    this.gateway = await launch(this.#config, this.#log);
  }

  async addReplica(replicaId: string, handle: (request: WireRequest) => void): Promise<FakeReplica> {
    const path = join(this.dir, `${replicaId}.sock`);
    const replica = { replicaId, path, server: await serveWire({ kind: "unix", path }, handle) };
    this.#replicas.push(replica);
    return replica;
  }

  /** One pool with these replicas, of this process or another one. */
  slice(
    replicas: readonly Pick<FakeReplica, "replicaId" | "path">[],
    change: Partial<RoutingSlice> & { readonly maxOngoingRequests?: number } = {},
  ): RoutingSlice {
    const { maxOngoingRequests = 5, ...rest } = change;
    this.#version += 1;
    return {
      application: "app",
      applicationId: "a1",
      epoch: 1,
      version: this.#version,
      routePrefix: "/app",
      variants: [{ variant: "r1", revision: 1, weight: 100 }],
      revisions: { "1": { ingress: "main", pools: { main: "p1" } } },
      pools: {
        p1: {
          poolId: "p1",
          deployment: "main",
          maxOngoingRequests,
          maxQueuedRequests: -1,
          backends: replicas.map(({ replicaId, path }) => ({
            kind: "wire" as const,
            replicaId,
            nodeId: "n1",
            address: { kind: "unix" as const, path },
          })),
        },
      },
      message: "",
      ...rest,
    };
  }

  /** Sends a slice and waits until the gateway says that it is in force. */
  async route(slice: RoutingSlice): Promise<void> {
    await eventually(() => this.controller.received.some((message) => message.type === "hello"));
    this.controller.send({ type: "slices", epoch: slice.epoch, full: false, slices: [slice], removed: [] });
    await eventually(() =>
      this.controller.received.some(
        (message) => message.type === "applied" && message.slices.some((each) => each.version === slice.version),
      ),
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway.stop();
    await Promise.all(this.#replicas.map((replica) => replica.server.drain()));
    await this.controller.stop();
    await rm(this.dir, { recursive: true, force: true });
  }
}

function launch(config: GatewayConfig, log: string[]): Promise<RunningGateway> {
  const destination = { write: (line: string) => void log.push(line) };
  return startGateway(config, secret, createLogger({ name: "gateway", level: "warn", format: "json", destination }));
}

/** Waits for a condition; fails after ten seconds, or what a slow start needs. */
export async function eventually(condition: () => boolean, timeoutMs = 10_000): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`never true: ${condition.toString()}`);
    await new Promise<void>((resolve) => setTimeout(resolve, 5));
  }
}
