/** A node that does all it is told at once, and reports as often as a real one. Messages go through their schema, as frames do. */
import {
  AgentMessage,
  linkProtocol,
  type ControllerToAgent,
  type NodeFacts,
  type ReplicaObservation,
} from "@sluice/contracts";
import type { Link } from "../../src/http/link-server.ts";
import type { LeaderCore } from "../../src/leader/core.ts";

const fullReportHeartbeats = 5;

export class BusyAgent {
  readonly #core: LeaderCore;
  readonly #facts: NodeFacts;
  readonly #link: Link<ControllerToAgent>;
  readonly #replicas = new Map<string, ReplicaObservation>();
  #beats = 0;

  constructor(core: LeaderCore, facts: NodeFacts) {
    this.#core = core;
    this.#facts = facts;
    this.#link = {
      remote: facts.nodeId,
      door: "internal",
      caller: { kind: "cluster" },
      send: (message) => this.#receive(message),
      close: () => undefined,
    };
  }

  hello(): void {
    const replicas = [...this.#replicas.values()];
    this.#tell({ type: "hello", protocol: linkProtocol, node: this.#facts, replicas });
  }

  beat(): void {
    const usage = { at: Date.now(), cpuPercent: 100 * Math.random(), memoryUsedBytes: 1e9 * Math.random(), gpus: [] };
    this.#tell({ type: "heartbeat", usage });
    this.#beats += 1;
    const all = [...this.#replicas.values()];
    // Each replica is probed each 10 s, which tells its load; each fifth heartbeat brings everything.
    const probed = all.filter((_, index) => index % fullReportHeartbeats === this.#beats % fullReportHeartbeats);
    for (const replica of probed) {
      const ongoing = Math.floor(10 * Math.random());
      this.#replicas.set(replica.replicaId, { ...replica, ongoing, rssBytes: 1e8 + Math.floor(1e7 * Math.random()) });
    }
    const now = probed.flatMap(({ replicaId }) => this.#replicas.get(replicaId) ?? []);
    this.#observe(now);
    if (this.#beats % fullReportHeartbeats === 0) {
      this.#tell({ type: "observed", full: true, replicas: [...this.#replicas.values()] });
    }
  }

  #receive(message: ControllerToAgent): void {
    if (message.type !== "assignments") return;
    const wanted = new Map(message.assignments.map((assignment) => [assignment.replicaId, assignment]));
    const news: ReplicaObservation[] = [];
    for (const [id, replica] of this.#replicas) {
      if (wanted.get(id)?.desired === "run") continue;
      this.#replicas.delete(id);
      news.push({ ...replica, stage: "stopped", stageTimes: { ...replica.stageTimes, stopped: Date.now() } });
    }
    for (const { replicaId, rank, configVersion, desired } of message.assignments) {
      if (desired !== "run" || this.#replicas.has(replicaId)) continue;
      const ready: ReplicaObservation = {
        replicaId,
        rank,
        configVersion,
        stage: "ready",
        stageTimes: { loading: Date.now(), ready: Date.now() },
        address: { kind: "tcp", host: "10.0.0.1", port: 9_000 },
        pid: 4_242,
        message: "",
        exit: null,
        ongoing: 0,
        rssBytes: 1e8,
      };
      this.#replicas.set(replicaId, ready);
      news.push({ ...ready, stage: "loading", address: null }, ready);
    }
    const [loading, ready] = [
      news.filter(({ stage }) => stage === "loading"),
      news.filter((r) => r.stage !== "loading"),
    ];
    setTimeout(() => this.#observe(loading), 20);
    setTimeout(() => this.#observe(ready), 120);
  }

  #observe(replicas: readonly ReplicaObservation[]): void {
    if (replicas.length > 0) this.#tell({ type: "observed", full: false, replicas: [...replicas] });
  }

  #tell(message: AgentMessage): void {
    this.#core.agents.receive(this.#link, AgentMessage.parse(JSON.parse(JSON.stringify(message))));
  }
}
