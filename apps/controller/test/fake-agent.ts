/**
 * Plays an agent without processes: it answers describe calls from a table and "runs" each assignment by reporting stages.
 * What a replica does is set by the test: become ready, or fail.
 */
import {
  controllerPaths,
  ControllerToAgent,
  linkProtocol,
  type AgentMessage,
  type Assignment,
  type CertificateAnswer,
  type DescribeResult,
  type NodeFacts,
  type ReplicaObservation,
  type RoutingSlice,
} from "@sluice/contracts";
import type { ReplicaStage } from "@sluice/domain";
import { FakeLink } from "./fake-link.ts";

type Sent = Extract<ControllerToAgent, { type: "assignments" }>;

export interface FakeAgentOptions {
  readonly nodeId: string;
  readonly secret: string;
  readonly cpus?: number;
  readonly dataAddress?: string;
  readonly machineId?: string;
  /** Answer to a describe call, by import path. */
  readonly describe: (importPath: string) => DescribeResult;
}

export class FakeAgent {
  readonly nodeId: string;
  readonly sets: Sent[] = [];
  readonly slices: RoutingSlice[] = [];
  readonly described: string[] = [];
  readonly welcomes: number[] = [];
  readonly refusals: string[] = [];
  readonly acknowledged: number[] = [];
  readonly certified: CertificateAnswer[] = [];
  /** What its replicas wrote. */
  readonly logs = new Map<string, readonly string[]>();
  /** Requests for logs, and those that were taken back. */
  readonly followed: string[] = [];
  readonly stoppedLogs: string[] = [];
  /** What its replicas count; null = it never says. */
  metrics: string | null = null;
  /** Outcome of starting a replica of a revision. */
  outcome: (assignment: Assignment) => "ready" | "failed" | "stay" = () => "ready";
  readonly #options: FakeAgentOptions;
  readonly #replicas = new Map<string, ReplicaObservation>();
  #link: FakeLink<AgentMessage> | null = null;
  #heartbeat: NodeJS.Timeout | undefined;
  #accepted: { epoch: number; version: number } = { epoch: 0, version: 0 };

  constructor(options: FakeAgentOptions) {
    this.nodeId = options.nodeId;
    this.#options = options;
  }

  get closed(): string | null {
    return this.#link?.closed ?? null;
  }

  /** Replicas that run, by id. */
  running(): ReplicaObservation[] {
    return [...this.#replicas.values()].filter((replica) => !["failed", "stopped"].includes(replica.stage));
  }

  async connect(port: number): Promise<void> {
    this.#link?.cut();
    this.#link = await this.open(port);
    this.#link.send({ type: "hello", protocol: linkProtocol, node: this.#facts(), replicas: this.#observations() });
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(), 100);
  }

  /** A link of this agent that has said nothing yet. */
  open(port: number): Promise<FakeLink<AgentMessage>> {
    return FakeLink.open<AgentMessage, ControllerToAgent>({
      port,
      path: controllerPaths.agent,
      secret: this.#options.secret,
      schema: ControllerToAgent,
      onMessage: (message) => this.#receive(message),
    });
  }

  /** The process of a replica dies. */
  kill(replicaId: string): void {
    const exit = { code: null, signal: "SIGKILL", lastErrorLine: null };
    this.#move(replicaId, "failed", { exit, message: "exited by SIGKILL" });
  }

  send(message: AgentMessage): void {
    this.#link?.send(message);
  }

  /** Says nothing more and reads nothing more; the link stays open. */
  freeze(): void {
    clearInterval(this.#heartbeat);
    this.#link?.freeze();
  }

  stop(): void {
    clearInterval(this.#heartbeat);
    this.#link?.cut();
  }

  #beat(): void {
    this.send({ type: "heartbeat", usage: { at: Date.now(), cpuPercent: 1, memoryUsedBytes: 1e9, gpus: [] } });
  }

  #receive(message: ControllerToAgent): void {
    switch (message.type) {
      case "welcome":
        this.welcomes.push(message.epoch);
        return;
      case "refused":
        this.refusals.push(message.reason);
        return;
      case "assignments":
        return this.#assign(message);
      case "slices":
        this.slices.push(...message.slices);
        return;
      case "describe": {
        this.described.push(message.request.importPath);
        const result = this.#options.describe(message.request.importPath);
        return this.send({ type: "described", requestId: message.requestId, result });
      }
      case "read_metrics":
        if (this.metrics !== null) this.send({ type: "metrics", requestId: message.requestId, text: this.metrics });
        return;
      case "read_logs":
        return this.#tellLog(message);
      case "stop_logs":
        this.stoppedLogs.push(message.requestId);
        return;
      case "windows_ack":
        this.acknowledged.push(...message.windowStartMs);
        return;
      case "certified":
        this.certified.push(message);
        return;
      case "controllers":
        // For agents on other machines, which redial.
        return;
      default:
        return message satisfies never;
    }
  }

  #tellLog({ requestId, replicaId, follow }: Extract<ControllerToAgent, { type: "read_logs" }>): void {
    this.followed.push(requestId);
    const lines = this.logs.get(replicaId);
    const chunk = { type: "log_chunk", requestId, text: "" } as const;
    if (lines === undefined) return this.send({ ...chunk, done: true, error: "This node keeps no logs of it." });
    for (const line of lines) this.send({ ...chunk, text: line, done: false });
    if (!follow) this.send({ ...chunk, done: true });
  }

  /** As the real agent: sets are ordered by (epoch, version), what is missing stops, what ended is never started again. */
  #assign(set: Sent): void {
    const isOlder =
      set.epoch < this.#accepted.epoch || (set.epoch === this.#accepted.epoch && set.version < this.#accepted.version);
    if (isOlder) return;
    this.#accepted = set;
    this.sets.push(set);
    const wanted = new Map(set.assignments.map((assignment) => [assignment.replicaId, assignment]));
    for (const { replicaId } of this.running()) {
      if (wanted.get(replicaId)?.desired !== "run") this.#move(replicaId, "stopped", {});
    }
    for (const assignment of set.assignments) {
      if (assignment.desired === "run" && !this.#replicas.has(assignment.replicaId)) this.#start(assignment);
    }
  }

  #start(assignment: Assignment): void {
    const { replicaId } = assignment;
    this.#move(replicaId, "loading", { pid: 4_242 });
    const outcome = this.outcome(assignment);
    if (outcome === "ready") {
      this.#move(replicaId, "ready", { address: { kind: "tcp", host: "127.0.0.1", port: 9 } });
    } else if (outcome === "failed") this.#move(replicaId, "failed", { message: "constructor threw: no weights" });
  }

  #move(replicaId: string, stage: ReplicaStage, change: Partial<ReplicaObservation>): void {
    const known = this.#replicas.get(replicaId);
    const next: ReplicaObservation = {
      replicaId,
      rank: 0,
      configVersion: null,
      address: null,
      pid: null,
      message: "",
      exit: null,
      ongoing: 0,
      rssBytes: 1e8,
      ...known,
      ...change,
      stage,
      stageTimes: { ...known?.stageTimes, [stage]: Date.now() },
    };
    this.#replicas.set(replicaId, next);
    this.send({ type: "observed", full: false, replicas: [next] });
  }

  #observations(): ReplicaObservation[] {
    return [...this.#replicas.values()];
  }

  #facts(): NodeFacts {
    return {
      nodeId: this.nodeId,
      name: this.nodeId,
      hostname: "host",
      dataAddress: this.#options.dataAddress ?? "local",
      ...(this.#options.machineId === undefined ? {} : { machineId: this.#options.machineId }),
      cpus: this.#options.cpus ?? 4,
      memoryBytes: 8e9,
      gpus: [],
      custom: {},
      labels: {},
      agentVersion: "0.1.0",
      platform: "linux",
    };
  }
}
