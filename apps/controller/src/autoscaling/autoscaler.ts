/** The loop that moves the targets of autoscaled pools: reads load four times a second, writes only when a number changes. */
import type { AutoscalingEvaluation } from "@sluice/contracts";
import type { StatusBatch } from "@sluice/db";
import type { LeftoverTarget, PoolListing } from "./autoscaled-pool.ts";
import type { Evaluation, PoolMemory } from "./evaluate-pool.ts";
import { evaluatePool } from "./evaluate-pool.ts";
import type { Loads } from "./pick-load.ts";
import { isNews, planTargets } from "./plan-targets.ts";
import { ScheduleWindows } from "./schedule-windows.ts";

/** Half of the interval in which routers report: a report is acted on within this. */
export const autoscaleMs = 250;

export interface AutoscalerPorts {
  /** Of one application, or of all. */
  readonly listPools: (applicationId?: string) => PoolListing;
  /** Gauges of gateways, and of the handles in replicas. */
  readonly gatewayLoad: () => Loads;
  readonly handleLoad: () => Loads;
  /** Writes, fenced, at the application's turn: `decide` sees memory as it is then and answers null when nothing fits. */
  readonly save: (applicationId: string, decide: () => StatusBatch | null) => Promise<StatusBatch | null>;
  /** The application's replicas have to follow. */
  readonly wake: (applicationId: string) => void;
  readonly onError: (error: unknown, applicationId: string) => void;
}

/**
 * Invariants: a target that was not written leaves timers as they were, so the next tick decides it again; one application
 * that cannot be written stops no other; nothing is kept that a new leader could not do without.
 */
export class Autoscaler {
  readonly #now: () => number;
  readonly #ports: AutoscalerPorts;
  readonly #windows = new ScheduleWindows();
  readonly #saving = new Map<string, Promise<void>>();
  #memories = new Map<string, PoolMemory>();
  #evaluations: readonly Evaluation[] = [];

  constructor(now: () => number, ports: AutoscalerPorts) {
    this.#now = now;
    this.#ports = ports;
  }

  /** What is thought now, of one application or of all. */
  evaluations(applicationId?: string): AutoscalingEvaluation[] {
    return this.#evaluations
      .filter(({ pool }) => applicationId === undefined || pool.applicationId === applicationId)
      .map(({ pool, atMs, decision: { policyState: _state, ...decision } }) => ({
        applicationId: pool.applicationId,
        application: pool.application,
        deployment: pool.deployment,
        revision: pool.revision,
        poolId: pool.poolId,
        atMs,
        decision,
      }));
  }

  /** Looks at every autoscaled pool once. Writing goes on behind it. */
  tick(): void {
    const { listPools, gatewayLoad, handleLoad } = this.#ports;
    const { pools, leftovers } = listPools();
    const inputs = { gateways: gatewayLoad(), handles: handleLoad(), windows: this.#windows, nowMs: this.#now() };
    const before = this.#memories;
    this.#evaluations = pools.map((pool) => evaluatePool(pool, before.get(pool.poolId), inputs));
    this.#memories = new Map(this.#evaluations.map((evaluation) => [evaluation.pool.poolId, keep(evaluation, before)]));
    const news = this.#evaluations.filter(isNews);
    const applicationIds = [
      ...news.map(({ pool }) => pool.applicationId),
      ...leftovers.map((left) => left.applicationId),
    ];
    for (const id of new Set(applicationIds)) {
      const ofIt = news.filter(({ pool }) => pool.applicationId === id);
      this.#save(
        id,
        ofIt,
        leftovers.filter(({ applicationId }) => applicationId === id),
      );
    }
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await Promise.all(this.#saving.values());
  }

  #save(applicationId: string, news: readonly Evaluation[], leftovers: readonly LeftoverTarget[]): void {
    if (this.#saving.has(applicationId)) return;
    const { save, wake, onError } = this.#ports;
    const saved = save(applicationId, () => {
      const fitting = stillFitting(news, this.#ports.listPools(applicationId));
      return fitting.length + leftovers.length === 0 ? null : planTargets(applicationId, fitting, leftovers);
    })
      .then((batch) => {
        if (batch === null) return;
        const written = new Set(batch.autoscalers.map(({ poolId }) => poolId));
        for (const { pool, memory } of news) if (written.has(pool.poolId)) this.#confirm(pool.poolId, memory);
        wake(applicationId);
      })
      .catch((error: unknown) => onError(error, applicationId))
      .finally(() => this.#saving.delete(applicationId));
    this.#saving.set(applicationId, saved);
  }

  /** The decision is in force: its timers are, too. Load that was seen meanwhile stays. */
  #confirm(poolId: string, decided: PoolMemory): void {
    const window = this.#memories.get(poolId)?.window;
    if (window !== undefined) this.#memories.set(poolId, { ...decided, window });
  }
}

/** Until a new target is written, the timers that led to it stay. */
function keep(evaluation: Evaluation, before: ReadonlyMap<string, PoolMemory>): PoolMemory {
  const { pool, memory, decision } = evaluation;
  const known = before.get(pool.poolId);
  if (decision.target === pool.currentTarget || known === undefined) return memory;
  const isSamePolicy = known.policyText === memory.policyText;
  return isSamePolicy ? { ...memory, policyState: known.policyState } : memory;
}

/** Those whose pool is as it was when it was decided. */
function stillFitting(news: readonly Evaluation[], { pools }: PoolListing): Evaluation[] {
  const targets = new Map(pools.map(({ poolId, currentTarget }) => [poolId, currentTarget]));
  return news.filter(({ pool }) => targets.get(pool.poolId) === pool.currentTarget);
}
