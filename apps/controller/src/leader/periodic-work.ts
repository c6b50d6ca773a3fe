/** What a leader does by the clock. Events only make things faster; these turns are what makes them right. */
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import { markLostGateways } from "../gateways/mark-lost-gateways.ts";
import type { ControllerMetrics } from "../metrics/controller-metrics.ts";
import type { MetricIngest } from "../metrics/metric-ingest.ts";
import { reportCluster } from "../metrics/report-cluster.ts";
import { judgeNodes } from "../nodes/judge-nodes.ts";
import { startPeriodicTask, type PeriodicTask } from "../order/periodic-task.ts";
import type { WakeCause } from "../reconcile/keyed-loop.ts";
import type { LeaderContext } from "./leader-context.ts";
import { sweepOldRows } from "./sweep-old-rows.ts";

const judgeMs = 1_000;
const reportMs = 2_000;
const sweepMs = 10 * 60_000;

export interface PeriodicWorkOptions {
  readonly context: LeaderContext;
  readonly metrics: ControllerMetrics;
  readonly ingest: MetricIngest;
  readonly agents: AgentSessions;
  readonly gateways: GatewaySessions;
  readonly isLeading: () => boolean;
  readonly wakeAll: (cause: WakeCause) => Promise<void>;
  readonly completeRevisions: () => void;
}

export function startPeriodicWork(options: PeriodicWorkOptions): PeriodicTask {
  const { context, metrics, ingest, agents, gateways, isLeading, wakeAll, completeRevisions } = options;
  const leaderSinceMs = context.now();
  const every = (everyMs: number, what: string, work: () => Promise<void>): PeriodicTask =>
    startPeriodicTask(everyMs, work, (error) => {
      if (isLeading()) context.logger.warn({ err: error }, `${what} failed; the next turn tries again`);
    });
  const tasks = [
    every(context.resyncIntervalMs, "the resync", async () => {
      completeRevisions();
      await wakeAll("resync");
      await agents.sendAssignments(agents.all().map((session) => session.nodeId));
    }),
    every(judgeMs, "judging nodes", () =>
      judgeNodes({ context, agents, leaderSinceMs, onChange: () => wakeAll("event") }),
    ),
    every(judgeMs, "judging gateways", () => markLostGateways(context, gateways, leaderSinceMs)),
    every(reportMs, "reporting the cluster", () => reportCluster({ context, metrics, ingest, isLeading })),
    every(sweepMs, "sweeping", () => sweepOldRows(context)),
  ];
  return { stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))) };
}
