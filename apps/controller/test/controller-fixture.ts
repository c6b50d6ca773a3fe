/** Controllers on port 0 over a database of their own, with fake agents and gateways that are stopped at the end. */
import { randomUUID } from "node:crypto";
import type { DescribeResult } from "@sluice/contracts";
import {
  defaultProjectId,
  getApplication,
  getApplicationStatus,
  getEffectiveTraffic,
  listEvents,
  listReplicas,
  openDatabase,
  type ApplicationStatus,
  type Database,
  type Replica,
  type TrafficInForce,
} from "@sluice/db";
import { createLogger } from "@sluice/observability";
import { testDatabase, type TestDatabase } from "@sluice/testkit";
import { vi } from "vitest";
import type { ControllerConfig } from "../src/config.ts";
import { startController, type RunningController } from "../src/controller.ts";
import { FakeAgent } from "./fake-agent.ts";
import { FakeGateway } from "./fake-gateway.ts";

export const secret = "a-secret-of-the-test-cluster";

/** A class `model` without a constructor that could fail in describing. */
export const described: DescribeResult = {
  ok: true,
  description: { ingress: "model", deployments: [{ options: { name: "model" }, outbound: [], methods: ["fetch"] }] },
};

export class ControllerFixture implements AsyncDisposable {
  readonly db: Database;
  readonly #database: TestDatabase;
  readonly #parts: (() => Promise<void> | void)[] = [];

  private constructor(database: TestDatabase) {
    this.#database = database;
    this.db = openDatabase({ url: database.url, maxConnections: 3 });
  }

  static async open(): Promise<ControllerFixture> {
    return new ControllerFixture(await testDatabase());
  }

  get url(): string {
    return this.#database.url;
  }

  /** One that leads, or stands by where another one does. */
  async controller(change: Partial<ControllerConfig> = {}): Promise<RunningController> {
    const config: ControllerConfig = {
      databaseUrl: this.#database.url,
      host: "127.0.0.1",
      port: 0,
      clusterSecretFile: "",
      allowedHosts: ["127.0.0.1", "localhost"],
      logLevel: "silent",
      logFormat: "json",
      heartbeatIntervalMs: 100,
      heartbeatTimeoutMs: 5_000,
      leaseTtlMs: 6_000,
      resyncIntervalMs: 60_000,
      certificateLifetimeMs: 3_600_000,
      nodeDoor: null,
      rollouts: { rolloutDeadlineMs: 600_000, warmMs: 0 },
      ...change,
    };
    const logger = createLogger({ name: "controller", level: config.logLevel, format: config.logFormat });
    const controller = await startController(config, secret, logger, randomUUID());
    let isStopped = false;
    const stop = async (): Promise<void> => {
      if (!isStopped) await controller.stop();
      isStopped = true;
    };
    this.#parts.push(stop);
    return { ...controller, stop };
  }

  /** A controller that leads already. */
  async leader(change: Partial<ControllerConfig> = {}): Promise<RunningController> {
    const controller = await this.controller(change);
    await vi.waitFor(async () => {
      if ((await healthOf(controller.port))["role"] !== "leader") throw new Error("it does not lead yet");
    }, patience);
    return controller;
  }

  async agent(
    port: number | null,
    options: {
      nodeId?: string;
      secret?: string;
      cpus?: number;
      dataAddress?: string;
      machineId?: string;
      describe?: (importPath: string) => DescribeResult;
    } = {},
  ): Promise<FakeAgent> {
    const agent = new FakeAgent({ nodeId: "node-1", secret, describe: () => described, ...options });
    this.#parts.push(() => agent.stop());
    if (port !== null) await agent.connect(port);
    return agent;
  }

  async gateway(port: number | null, gatewayId = "gateway-1", machineId?: string): Promise<FakeGateway> {
    const gateway = new FakeGateway({ gatewayId, secret, ...(machineId === undefined ? {} : { machineId }) });
    this.#parts.push(() => gateway.stop());
    if (port !== null) await gateway.connect(port);
    return gateway;
  }

  async replicas(live?: boolean): Promise<Replica[]> {
    return await listReplicas(this.db, live === undefined ? {} : { live });
  }

  async status(name = "digits"): Promise<ApplicationStatus | null> {
    const application = await getApplication(this.db, { projectId: defaultProjectId, name });
    return application && (await getApplicationStatus(this.db, application.id));
  }

  async traffic(name = "digits"): Promise<TrafficInForce | null> {
    const application = await getApplication(this.db, { projectId: defaultProjectId, name });
    return application && (await getEffectiveTraffic(this.db, application.id));
  }

  async events(reason: string): Promise<string[]> {
    const { items } = await listEvents(this.db, { projectId: defaultProjectId, reason, limit: 100 });
    return items.map((event) => event.message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#parts.reverse()) await stop();
    await this.db.close();
    await this.#database[Symbol.asyncDispose]();
  }
}

/** How long a condition may take on a busy machine; on a quiet one it is there in a fraction of it. */
export const patience = { timeout: 20_000, interval: 25 };

/** Waits until the check no longer throws. */
export async function eventually(check: () => Promise<void> | void): Promise<void> {
  await vi.waitFor(check, patience);
}

export async function healthOf(port: number): Promise<Record<string, unknown>> {
  const response = await fetch(`http://127.0.0.1:${String(port)}/healthz`);
  return (await response.json()) as Record<string, unknown>;
}

export async function metricsOf(port: number): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
}
