/** Plays a node: starts what is assigned after a while, drains, dies, comes back, loses its wire. As the real agent, by sets. */
import {
  linkProtocol,
  type AgentMessage,
  type Assignment,
  type ControllerToAgent,
  type NodeFacts,
  type ReplicaObservation,
} from "@sluice/contracts";
import { isEnded, type ReplicaStage } from "@sluice/domain";
import type { Clock } from "../src/leader/leader-context.ts";
import type { LeaderCore } from "../src/leader/core.ts";
import type { Chance } from "./chance.ts";
import { SimulatedLink } from "./simulated-link.ts";

export interface SimulatedAgentOptions {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly core: () => LeaderCore;
  readonly facts: NodeFacts;
  readonly heartbeatMs: number;
  /** How long until the controller's side notices a wire that is cut. */
  readonly silenceMs: number;
  /** Whether a replica of this assignment ever gets ready. */
  readonly isBroken: (assignment: Assignment) => boolean;
  readonly latencyMs: () => number;
}

type Process = { observation: ReplicaObservation; assignment: Assignment; isLeaving: boolean };
type AgentLink = SimulatedLink<AgentMessage, ControllerToAgent>;

const fullReportHeartbeats = 5;

export class SimulatedAgent {
  readonly nodeId: string;
  readonly #options: SimulatedAgentOptions;
  #processes = new Map<string, Process>();
  #link: AgentLink | null = null;
  #accepted = { epoch: 0, version: 0 };
  #life = 0;
  isUp = false;

  constructor(options: SimulatedAgentOptions) {
    this.#options = options;
    this.nodeId = options.facts.nodeId;
  }

  /** Ids of replicas whose process runs. */
  running(): string[] {
    return [...this.#processes.values()]
      .filter(({ observation }) => !isEnded(observation.stage))
      .map(({ observation }) => observation.replicaId);
  }

  start(): void {
    this.isUp = true;
    this.#life += 1;
    this.#dial();
    this.#beat(this.#life, 1);
  }

  /** The machine is gone: its processes, too, and nobody is told. */
  die(): void {
    this.#stop();
    this.#processes = new Map();
    this.#accepted = { epoch: 0, version: 0 };
  }

  /** Only the agent ends; its replicas go on. */
  restart(downMs: number): void {
    if (!this.isUp) return;
    this.#link?.hangUp();
    this.#stop();
    this.#options.clock.after(downMs, () => {
      if (!this.isUp) this.start();
    });
  }

  /** The wire is cut for a while; then the agent dials again. */
  partition(forMs: number): void {
    if (!this.isUp || this.#link === null) return;
    const link = this.#link;
    const life = this.#life;
    link.isCut = true;
    this.#noticeLater(link);
    this.#options.clock.after(forMs, () => {
      if (this.isUp && this.#life === life) this.#dial();
    });
  }

  kill(replicaId: string): void {
    const exit = { code: null, signal: "SIGKILL", lastErrorLine: null };
    this.#move(replicaId, "failed", { exit, message: "exited by SIGKILL" });
  }

  #stop(): void {
    this.isUp = false;
    this.#life += 1;
    if (this.#link !== null) {
      this.#link.isCut = true;
      this.#noticeLater(this.#link);
    }
    this.#link = null;
  }

  #noticeLater(link: AgentLink): void {
    this.#options.clock.after(this.#options.silenceMs, () => link.hangUp());
  }

  #dial(): void {
    const { clock, core, facts, latencyMs } = this.#options;
    const link: AgentLink = new SimulatedLink(clock, latencyMs, {
      onMessage: (its, message) => {
        const { agents, nodes } = core();
        if (message.type !== "hello" || nodes.admit(its, message.node)) agents.receive(its, message);
      },
      onClose: (its) => core().agents.onClose(its),
      onReceived: (message) => {
        if (this.#link === link) this.#receive(message);
      },
      onRefused: () => {
        if (this.#link !== link) return;
        this.#link = null;
        clock.after(500, () => {
          if (this.isUp && this.#link === null) this.#dial();
        });
      },
    });
    this.#link = link;
    link.tell({ type: "hello", protocol: linkProtocol, node: facts, replicas: this.#observations() });
  }

  #beat(life: number, count: number): void {
    if (this.#life !== life) return;
    const { clock, heartbeatMs } = this.#options;
    const usage = { at: clock.now(), cpuPercent: 10, memoryUsedBytes: 1e9, gpus: [] };
    this.#link?.tell({ type: "heartbeat", usage });
    if (count % fullReportHeartbeats === 0) {
      this.#link?.tell({ type: "observed", full: true, replicas: this.#observations() });
    }
    clock.after(heartbeatMs, () => this.#beat(life, count + 1));
  }

  #receive(message: ControllerToAgent): void {
    if (message.type !== "assignments") return;
    const { epoch, version } = message;
    const isOlder =
      epoch < this.#accepted.epoch || (epoch === this.#accepted.epoch && version < this.#accepted.version);
    if (isOlder) return;
    this.#accepted = { epoch, version };
    const wanted = new Map(message.assignments.map((assignment) => [assignment.replicaId, assignment]));
    for (const replicaId of this.running()) {
      const assignment = wanted.get(replicaId);
      if (assignment === undefined) this.#move(replicaId, "stopped", {});
      else if (assignment.desired === "drain") this.#drain(replicaId);
      else this.#takeOn(replicaId, assignment);
    }
    for (const [replicaId, { observation }] of this.#processes) {
      if (isEnded(observation.stage) && !wanted.has(replicaId)) this.#processes.delete(replicaId);
    }
    for (const assignment of message.assignments) {
      if (assignment.desired === "run" && !this.#processes.has(assignment.replicaId)) this.#launch(assignment);
    }
  }

  /** Settings that a running replica takes on without a restart. */
  #takeOn(replicaId: string, assignment: Assignment): void {
    const known = this.#processes.get(replicaId);
    if (known === undefined || known.assignment.configVersion === assignment.configVersion) return;
    known.assignment = assignment;
    this.#later(50, 500, replicaId, () => {
      if (known.observation.stage !== "ready") return;
      this.#report({ ...known.observation, configVersion: known.assignment.configVersion });
    });
  }

  #drain(replicaId: string): void {
    const known = this.#processes.get(replicaId);
    if (known === undefined || known.isLeaving) return;
    known.isLeaving = true;
    this.#move(replicaId, "draining", {});
    this.#later(100, 5_000, replicaId, () => this.#move(replicaId, "stopped", {}));
  }

  #launch(assignment: Assignment): void {
    const { replicaId, rank } = assignment;
    const { clock, isBroken } = this.#options;
    const observation: ReplicaObservation = {
      replicaId,
      rank,
      configVersion: null,
      stage: "preparing",
      stageTimes: { preparing: clock.now() },
      address: null,
      pid: null,
      message: "",
      exit: null,
      ongoing: 0,
      rssBytes: null,
    };
    this.#processes.set(replicaId, { observation, assignment, isLeaving: false });
    this.#report(observation);
    this.#later(20, 500, replicaId, () => {
      this.#move(replicaId, "loading", { pid: 4_242 });
      this.#later(100, 4_000, replicaId, () => {
        if (isBroken(assignment)) return this.#move(replicaId, "failed", { message: "constructor threw: no weights" });
        const process = this.#processes.get(replicaId);
        const configVersion = process?.assignment.configVersion ?? null;
        this.#move(replicaId, "ready", { address: { kind: "tcp", host: "127.0.0.1", port: 9 }, configVersion });
      });
    });
  }

  /** Unless it is gone, or on its way out, by then. */
  #later(fromMs: number, toMs: number, replicaId: string, work: () => void): void {
    const { clock, chance } = this.#options;
    const processes = this.#processes;
    clock.after(chance.whole(fromMs, toMs), () => {
      const known = processes.get(replicaId);
      if (processes === this.#processes && known !== undefined && !isEnded(known.observation.stage)) work();
    });
  }

  #move(replicaId: string, stage: ReplicaStage, change: Partial<ReplicaObservation>): void {
    const known = this.#processes.get(replicaId);
    if (known === undefined || isEnded(known.observation.stage)) return;
    if (known.isLeaving && stage !== "draining" && stage !== "stopped" && stage !== "failed") return;
    const stageTimes = { ...known.observation.stageTimes, [stage]: this.#options.clock.now() };
    this.#report({ ...known.observation, ...change, stage, stageTimes });
  }

  #report(observation: ReplicaObservation): void {
    const known = this.#processes.get(observation.replicaId);
    if (known !== undefined) known.observation = observation;
    this.#link?.tell({ type: "observed", full: false, replicas: [observation] });
  }

  #observations(): ReplicaObservation[] {
    return [...this.#processes.values()].map(({ observation }) => observation);
  }
}
