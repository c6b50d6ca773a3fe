/** What a leader does by the clock. Events only make things faster; these turns are what makes them right. */
import { markLostGateways } from "../gateways/mark-lost-gateways.ts";
import type { ControllerMetrics } from "../metrics/controller-metrics.ts";
import type { MetricIngest } from "../metrics/metric-ingest.ts";
import { CountNews } from "../metrics/replica-counts.ts";
import { reportCluster } from "../metrics/report-cluster.ts";
import { startPeriodicTask, type PeriodicTask } from "../order/periodic-task.ts";
import { StateAudit } from "../state/audit.ts";
import type { LeaderCore } from "./core.ts";
import type { LeaderContext } from "./leader-context.ts";
import { sweepOldRows } from "./sweep-old-rows.ts";

const judgeMs = 1_000;
const reportMs = 2_000;
/** What is due of what was measured is written this often. */
const flushMs = 1_000;
const sweepMs = 10 * 60_000;

export interface PeriodicWorkOptions {
  readonly context: LeaderContext;
  readonly metrics: ControllerMetrics;
  readonly ingest: MetricIngest;
  readonly core: LeaderCore;
  readonly isLeading: () => boolean;
  readonly completeRevisions: () => void;
}

export function startPeriodicWork(options: PeriodicWorkOptions): PeriodicTask {
  const { context, metrics, ingest, core, isLeading, completeRevisions } = options;
  const { gateways, nodes, wake, wakeAll } = core;
  const { reader, sightings, logger } = context;
  const news = new CountNews();
  const audit = new StateAudit({
    ...context,
    onCorrected: (what, id) => {
      metrics.stateCorrections.inc();
      logger.warn({ what, id }, "the leader's memory did not agree with the rows; it does now");
      if (what === "application") wake(id, "resync");
      else wakeAll("resync");
    },
  });
  const leaderSinceMs = context.now();
  const every = (everyMs: number, what: string, work: () => Promise<void>): PeriodicTask =>
    startPeriodicTask(everyMs, work, (error) => {
      if (isLeading()) context.logger.warn({ err: error }, `${what} failed; the next turn tries again`);
    });
  const tasks = [
    every(context.resyncIntervalMs, "the resync", async () => {
      if (!reader.isFilled) return;
      completeRevisions();
      await core.resync();
      await audit.takeTurn();
    }),
    every(judgeMs, "judging nodes", () => nodes.judge()),
    every(flushMs, "writing what was measured", async () => void (await sightings.flush(context.now()))),
    every(judgeMs, "judging gateways", () => markLostGateways(context, gateways, leaderSinceMs)),
    every(reportMs, "reporting the cluster", async () => {
      if (reader.isFilled) reportCluster({ context, metrics, ingest, news, isLeading });
    }),
    every(sweepMs, "sweeping", () => sweepOldRows(context)),
  ];
  return { stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))) };
}
