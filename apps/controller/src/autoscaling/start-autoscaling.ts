/** Wires the autoscaler into a leadership: its ears (routers), its memory (the status rows), its hand (the status writer). */
import { isSluiceError } from "@sluice/contracts";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import type { ControllerMetrics } from "../metrics/controller-metrics.ts";
import { startPeriodicTask, type PeriodicTask } from "../order/periodic-task.ts";
import type { PoolListing } from "./autoscaled-pool.ts";
import { Autoscaler, autoscaleMs } from "./autoscaler.ts";
import { reportAutoscaling } from "./report-autoscaling.ts";
import { listPools } from "./list-pools.ts";

/** As often as the other gauges of the cluster. */
const reportMs = 2_000;

export interface AutoscalingOptions {
  readonly parts: Pick<LeaderParts, "now" | "state" | "reader" | "writer" | "logger">;
  readonly gateways: Pick<GatewaySessions, "load">;
  readonly agents: Pick<AgentSessions, "load">;
  readonly wake: (applicationId: string) => void;
}

export interface RunningAutoscaling {
  readonly autoscaler: Autoscaler;
  /** Resolves when nothing is written any more. */
  stop(): Promise<void>;
}

/** The autoscaler without its timer. */
export function createAutoscaler({ parts, gateways, agents, wake }: AutoscalingOptions): Autoscaler {
  const { state, reader, writer, logger } = parts;
  const list = (applicationId?: string): PoolListing => {
    if (applicationId === undefined) return listPools(state.applications());
    const part = state.application(applicationId);
    return listPools(part === undefined ? [] : [[applicationId, part]]);
  };
  return new Autoscaler(parts.now, {
    listPools: (applicationId) => (reader.isFilled ? list(applicationId) : { pools: [], leftovers: [] }),
    gatewayLoad: () => gateways.load(),
    handleLoad: () => agents.load(),
    save: (applicationId, decide) => writer.run({ applicationIds: [applicationId] }, decide),
    wake,
    onError: (error, applicationId) => {
      // Another leader decides now.
      if (isSluiceError(error) && error.code === "controller/stale_epoch") return;
      logger.warn({ err: error, applicationId }, "a new number of replicas was not saved; the next tick tries again");
    },
  });
}

export function startAutoscaling(options: AutoscalingOptions, metrics: ControllerMetrics): RunningAutoscaling {
  const autoscaler = createAutoscaler(options);
  const every = (everyMs: number, what: string, work: () => void): PeriodicTask =>
    startPeriodicTask(
      everyMs,
      async () => work(),
      (error) => options.parts.logger.error({ err: error }, `${what} failed; the next turn tries again`),
    );
  const ticks = every(autoscaleMs, "a tick of the autoscaler", () => autoscaler.tick());
  const reports = every(reportMs, "reporting autoscaling", () => reportAutoscaling(autoscaler.evaluations(), metrics));
  return {
    autoscaler,
    stop: async () => {
      await Promise.all([ticks.stop(), reports.stop()]);
      await autoscaler.settled();
    },
  };
}
