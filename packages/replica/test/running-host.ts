import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { HostLaunch } from "@sluice/contracts";
import type { RoutingSlice } from "@sluice/contracts";
import { callHead, connectWire, Encoding, httpRequestHead, requestAnswer } from "@sluice/wire";
import type { ClientConnection, ClientConnectionOptions } from "@sluice/wire";
import { FakeAgent } from "./fake-agent.ts";

export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface HostSetup {
  readonly hostFile: string;
  readonly nodeArgs?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly launch: Partial<HostLaunch> & Pick<HostLaunch, "bundleDir">;
  /** An agent that is already there; the test owns it then. */
  readonly agent?: FakeAgent;
  readonly runDir?: string;
}

/** A host process with its fake agent. */
export class RunningHost {
  readonly agent: FakeAgent;
  readonly launch: HostLaunch;
  readonly process: ChildProcess;
  stderr = "";
  stdout = "";
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly #connections: ClientConnection[] = [];
  readonly #isOwnAgent: boolean;

  private constructor(agent: FakeAgent, launch: HostLaunch, process: ChildProcess, isOwnAgent: boolean) {
    this.agent = agent;
    this.launch = launch;
    this.process = process;
    this.#isOwnAgent = isOwnAgent;
    process.stderr?.on("data", (chunk: Buffer) => (this.stderr += chunk.toString()));
    process.stdout?.on("data", (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.exited = new Promise((resolve) => process.once("exit", (code, signal) => resolve({ code, signal })));
  }

  static async start(setup: HostSetup): Promise<RunningHost> {
    const runDir = setup.runDir ?? (await mkdtemp(path.join(tmpdir(), "sluice-run-")));
    const agent = setup.agent ?? (await FakeAgent.listen(runDir));
    const launch = HostLaunch.parse({ ...defaultLaunch(), ...setup.launch, runDir });
    const file = path.join(runDir, `${launch.replicaId}.json`);
    await writeFile(file, JSON.stringify(launch));
    const child = spawn(process.execPath, [...(setup.nodeArgs ?? []), setup.hostFile, file], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { PATH: process.env["PATH"] ?? "", SLUICE_SCRIBBLE_OVER_READS: "true", ...setup.env },
    });
    return new RunningHost(agent, launch, child, setup.agent === undefined);
  }

  async ready(): Promise<this> {
    const failed = this.exited.then(() => {
      throw new Error(`the host ended before it was ready:\n${this.stderr}`);
    });
    await Promise.race([this.agent.waitFor("stage", (message) => message.stage === "ready"), failed]);
    failed.catch(() => undefined);
    return this;
  }

  get socketPath(): string {
    return path.join(this.launch.runDir, `${this.launch.replicaId}.sock`);
  }

  async connect(options: ClientConnectionOptions = {}): Promise<ClientConnection> {
    const connection = await connectWire({ kind: "unix", path: this.socketPath }, { peerId: "test", ...options });
    this.#connections.push(connection);
    return connection;
  }

  /** One HTTP request over the wire. `target` includes the route prefix `/app`. */
  async request(
    method: string,
    target: string,
    body?: unknown,
    given: {
      connection?: ClientConnection;
      revision?: number;
      headers?: string[];
      /** Further fields of the head. */
      fields?: Partial<Parameters<typeof httpRequestHead>[0]>;
    } = {},
  ): Promise<Answered> {
    const connection = given.connection ?? (await this.connect());
    const { application, deployment, revision } = this.launch;
    const head = httpRequestHead({
      method,
      target,
      requestId: "req-1",
      application,
      deployment,
      revision: given.revision ?? revision,
      route: "/app",
      headers: ["host", "example.test", "content-type", "application/json", ...(given.headers ?? [])],
      ...given.fields,
    });
    const payload =
      body === undefined ? undefined : Buffer.from(typeof body === "string" ? body : JSON.stringify(body));
    const answer = await requestAnswer(connection, head, payload);
    const bytes = await answer.body.collect(100_000_000);
    if (answer.head.kind !== "http") throw new Error("not an HTTP answer");
    const pairs = answer.head.headers;
    const headers = Object.fromEntries(
      pairs.flatMap((name, at) => (at % 2 === 0 ? [[name, pairs[at + 1] ?? ""]] : [])),
    );
    return { status: answer.head.status, headers, text: bytes.toString() };
  }

  /** One call over the wire, as a handle makes it. */
  async call(
    method: string,
    args: readonly unknown[],
  ): Promise<{
    value: unknown;
    error: { type: string; message: string; code: string } | undefined;
    headers: readonly string[];
  }> {
    const { application, deployment, revision } = this.launch;
    const head = callHead({ method, encoding: Encoding.json, application, deployment, revision, requestId: "call-1" });
    const answer = await requestAnswer(await this.connect(), head, Buffer.from(JSON.stringify(args)));
    const bytes = await answer.body.collect(1_000_000);
    if (answer.head.kind !== "call") throw new Error("not the answer of a call");
    const value: unknown = bytes.length === 0 ? undefined : JSON.parse(bytes.toString());
    return { value, error: answer.head.error, headers: answer.head.headers };
  }

  /** Probes until the host says that so many requests run. */
  async untilOngoing(wanted: number): Promise<void> {
    for (let probeId = 1_000; ; probeId += 1) {
      this.agent.send({ type: "probe", probeId });
      const { ongoing } = await this.agent.waitFor("health", (message) => message.probeId === probeId);
      if (ongoing === wanted) return;
    }
  }

  async stop(): Promise<void> {
    for (const connection of this.#connections) connection.destroy("test is over");
    this.process.kill("SIGKILL");
    await this.exited;
    if (!this.#isOwnAgent) return;
    await this.agent.close();
    await rm(this.launch.runDir, { recursive: true, force: true });
  }
}

/** A slice with one revision in which each given host is the only backend of its own pool. */
export function sliceOf(hosts: readonly RunningHost[], ingress: string, revision = 1): RoutingSlice {
  const pools = Object.fromEntries(
    hosts.map(({ launch, socketPath }) => [
      launch.poolId,
      {
        poolId: launch.poolId,
        deployment: launch.deployment,
        maxOngoingRequests: launch.maxOngoingRequests,
        maxQueuedRequests: -1,
        backends: [
          {
            kind: "wire" as const,
            replicaId: launch.replicaId,
            nodeId: "n1",
            address: { kind: "unix" as const, path: socketPath },
          },
        ],
      },
    ]),
  );
  return {
    application: "app",
    applicationId: "a1",
    epoch: 1,
    version: 1,
    routePrefix: "/app",
    variants: [{ variant: `r${revision}`, revision, weight: 100 }],
    revisions: {
      [String(revision)]: {
        ingress,
        pools: Object.fromEntries(hosts.map(({ launch }) => [launch.deployment, launch.poolId])),
      },
    },
    pools,
    message: "",
  };
}

function defaultLaunch(): Omit<HostLaunch, "bundleDir" | "runDir"> {
  const replicaId = `r-${randomUUID().slice(0, 8)}`;
  return {
    replicaId,
    rank: 0,
    worldSize: 1,
    desired: "run",
    application: "app",
    applicationId: "a1",
    deployment: "App",
    poolId: `pool-${replicaId}`,
    version: "v1",
    revision: 1,
    runtime: "node",
    bundle: "0".repeat(64),
    importPath: "app:app",
    args: {},
    envVars: {},
    configVersion: "",
    maxOngoingRequests: 100,
    cpus: 0.1,
    memoryBytes: 0,
    gpuUuids: [],
    healthCheckPeriodS: 10,
    healthCheckTimeoutS: 1,
    gracefulShutdownWaitLoopS: 2,
    gracefulShutdownTimeoutS: 5,
    nodeId: "n1",
    nodeName: "node-1",
  };
}
