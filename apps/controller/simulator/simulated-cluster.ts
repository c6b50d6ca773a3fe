/** The real controller over a store in memory, with nodes and gateways that are played, in time that is played. */
import type { Assignment, NodeFacts, PoolLoad, RoutingSlice } from "@sluice/contracts";
import { defaultReconcileSettings } from "@sluice/domain";
import { createLogger } from "@sluice/observability";
import { createAutoscaler } from "../src/autoscaling/start-autoscaling.ts";
import { createCore, type LeaderCore } from "../src/leader/core.ts";
import type { LeaderParts } from "../src/leader/leader-context.ts";
import { StateAudit } from "../src/state/audit.ts";
import { createLeaderParts } from "../src/state/leader-parts.ts";
import { Chance } from "./chance.ts";
import { fencedStore } from "./epoch-store.ts";
import { MemoryStore } from "./memory-store.ts";
import { SimulatedAgent } from "./simulated-agent.ts";
import { SimulatedGateway } from "./simulated-gateway.ts";
import { VirtualClock } from "./virtual-clock.ts";

const heartbeatMs = 2_000;
const heartbeatTimeoutMs = 10_000;
const resyncMs = 5_000;
const startMs = Date.UTC(2026, 0, 1);
const logger = createLogger({ name: "simulator", level: "silent", format: "json" });

interface Leader {
  readonly epoch: number;
  readonly parts: LeaderParts;
  readonly core: LeaderCore;
  readonly audit: StateAudit;
}

export class SimulatedCluster {
  readonly clock = new VirtualClock(startMs);
  readonly chance: Chance;
  readonly store = new MemoryStore();
  readonly agents: SimulatedAgent[];
  readonly gateways: SimulatedGateway[];
  /** Requests that each application holds at once, by name. */
  readonly loads = new Map<string, number>();
  /** Times that memory did not agree with the store. */
  corrections = 0;
  /** Changes that only a resync found. */
  found = 0;
  failures: string[] = [];
  /** Turns by the clock that failed, by a fault of the story's. */
  failedTurns = 0;
  #epoch = 0;
  #leader: Leader;

  constructor(seed: number, size: { readonly nodes: readonly NodeFacts[]; readonly gateways: number }) {
    const { clock } = this;
    const chance = new Chance(seed);
    this.chance = chance;
    const latencyMs = (): number => chance.whole(1, 20);
    const core = (): LeaderCore => this.#leader.core;
    this.agents = size.nodes.map(
      (facts) =>
        new SimulatedAgent({
          clock,
          chance,
          core,
          facts,
          heartbeatMs,
          silenceMs: heartbeatTimeoutMs,
          isBroken: isBroken,
          latencyMs,
        }),
    );
    this.gateways = Array.from(
      { length: size.gateways },
      (_, index) =>
        new SimulatedGateway({
          clock,
          core,
          gatewayId: `gateway-${String(index)}`,
          latencyMs,
          loadOf: (slices) => this.#loadOf(slices, size.gateways),
        }),
    );
    this.#leader = this.#lead();
    this.#every(resyncMs, ({ core: its }) => its.resync());
    this.#every(1_000, ({ core: its }) => its.nodes.judge());
    this.#every(1_000, async ({ parts }) => void (await parts.sightings.flush(clock.now())));
    this.#every(resyncMs, ({ audit }) => audit.takeTurn());
  }

  get leader(): Leader {
    return this.#leader;
  }

  async start(): Promise<void> {
    for (const agent of this.agents) agent.start();
    for (const gateway of this.gateways) gateway.start();
    await this.clock.advance(2_000);
  }

  /** Somebody changed what is wanted; the word of it may get lost. */
  tell(applicationId: string, isLost = false): void {
    if (!isLost) this.clock.after(this.chance.whole(1, 30), () => this.#leader.core.noteIntent(applicationId));
  }

  /** The leader dies; the next one begins with what is written. */
  takeOver(): void {
    const former = this.#leader;
    this.#leader = this.#lead();
    void former.core.end();
    for (const agent of this.agents) agent.restart(this.chance.whole(100, 3_000));
    for (const gateway of this.gateways) gateway.restart(this.chance.whole(100, 3_000));
  }

  /** As the real leader's turns by the clock: one that fails is tried again at the next. */
  #every(everyMs: number, work: (leader: Leader) => Promise<void>): void {
    this.clock.every(everyMs, () => work(this.#leader).catch(() => (this.failedTurns += 1)));
  }

  #lead(): Leader {
    this.#epoch += 1;
    const epoch = this.#epoch;
    const settings = {
      epoch,
      logger,
      heartbeatIntervalMs: heartbeatMs,
      heartbeatTimeoutMs,
      resyncIntervalMs: resyncMs,
      rollouts: defaultReconcileSettings,
    };
    const wait = (): Promise<void> => new Promise((resolve) => this.clock.after(this.chance.whole(0, 15), resolve));
    const store = fencedStore(this.store, () => this.#epoch === epoch, wait);
    const parts = createLeaderParts(settings, this.clock, store);
    let ids = 0;
    const core = createCore({
      context: parts,
      projectId: "default",
      random: this.chance.next,
      replicaId: () => `e${String(epoch)}r${String((ids += 1))}`,
      onWindows: () => undefined,
      onNodes: () => undefined,
      onReconciled: (_id, cause, changes) => {
        if (cause === "resync") this.found += changes;
      },
    });
    const autoscaler = createAutoscaler({ parts, gateways: core.gateways, agents: core.agents, wake: core.wake });
    const audit = new StateAudit({
      ...parts,
      onCorrected: (what, id) => {
        this.corrections += 1;
        this.failures.push(`memory did not agree with the store about ${what} ${id}`);
      },
    });
    const tick = (): void => {
      if (this.#epoch !== epoch) return;
      autoscaler.tick();
      this.clock.after(250, tick);
    };
    this.clock.after(250, tick);
    const begin = (): void => void core.begin().catch(() => this.clock.after(500, begin));
    begin();
    return { epoch, parts, core, audit };
  }

  /** Each gateway takes its share; each revision by its weight, and what it calls, too. */
  #loadOf(slices: readonly RoutingSlice[], gateways: number): PoolLoad[] {
    return slices.flatMap(({ application, variants, revisions }) => {
      const total = this.loads.get(application) ?? 0;
      return variants.flatMap(({ revision, weight }) => {
        const its = revisions[String(revision)];
        const poolId = its?.pools[its.ingress];
        if (poolId === undefined) return [];
        return [{ poolId, queued: 0, sent: (total * weight) / 100 / gateways }];
      });
    });
  }
}

/** The story names code that never starts. */
export function isBroken({ importPath }: Pick<Assignment, "importPath">): boolean {
  return importPath.startsWith("broken");
}
