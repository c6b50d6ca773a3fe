/** Everything a leader does, for one epoch: wires the parts and ends them together. */
import { createHash } from "node:crypto";
import { defaultProjectId, listAllApplications, listen, listPools, listPoolStatuses, type Listener } from "@sluice/db";
import { AgentSessions } from "../agents/agent-sessions.ts";
import { DescribeService } from "../describe/describe-service.ts";
import { GatewaySessions } from "../gateways/gateway-sessions.ts";
import { MetricIngest } from "../metrics/metric-ingest.ts";
import { replicaCountParts } from "../metrics/replica-counts.ts";
import { judgeNodes } from "../nodes/node-judge.ts";
import { KeyedLoop } from "../reconcile/keyed-loop.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import { SliceTable } from "../routing/slice-table.ts";
import type { LeaderContext } from "./leader-context.ts";
import { sweepOldRows } from "./sweep-old-rows.ts";

/** Everything is looked at again this often, whatever events said. */
const resyncMs = 5_000;
const judgeMs = 1_000;
const replicaCountMs = 2_000;
const sweepMs = 10 * 60_000;

export interface Leadership {
  readonly epoch: number;
  readonly agents: AgentSessions;
  readonly gateways: GatewaySessions;
  readonly describe: DescribeService;
  /** Slices are complete: gateways may be told what does not exist. */
  readonly isComplete: () => boolean;
  end(): Promise<void>;
}

export function beginLeadership(context: LeaderContext, databaseUrl: string): Leadership {
  const projectId = defaultProjectId;
  const leaderSinceMs = context.now();
  const slices = new SliceTable(context.epoch);
  const metrics = new MetricIngest(context, projectId);
  let isEnded = false;
  /** Applications that this leadership has not looked at yet. */
  const untried = new Set<string>();
  let hasBegun = false;
  let resolveComplete = (): void => undefined;
  const whenComplete = new Promise<void>((resolve) => (resolveComplete = resolve));
  const isComplete = (): boolean => hasBegun && untried.size === 0;
  const markIfComplete = (): void => {
    if (isComplete()) resolveComplete();
  };

  const loop = new KeyedLoop({
    // One after the other: two plans made at once could give the same room on a node away twice.
    concurrency: 1,
    random: Math.random,
    handle: async (applicationId) => {
      try {
        await reconciler.reconcile(applicationId);
      } finally {
        // One application that cannot be reconciled must not keep the routes of all others from the gateways.
        untried.delete(applicationId);
        markIfComplete();
      }
    },
    onError: (applicationId, error, retryInMs) => {
      context.logger.error(
        { err: error, applicationId, retryInMs: Math.round(retryInMs) },
        "an application could not be reconciled",
      );
    },
  });
  const wakeAll = async (): Promise<void> => {
    const applications = await listAllApplications(context.database);
    for (const application of applications) loop.wake(application.id);
  };
  const background = (what: string, work: () => Promise<unknown>): void => {
    work().catch((error: unknown) => context.logger.warn({ err: error }, `${what} failed; it is tried again`));
  };

  const agents = new AgentSessions({
    context,
    projectId,
    slicesOf: (applications) => slices.all().filter((slice) => applications.has(slice.application)),
    onChange: (applicationIds) => applicationIds.forEach((applicationId) => loop.wake(applicationId)),
    onNodes: () => {
      background("waking after a node's change", wakeAll);
      background("describing", () => describe.completeRevisions());
    },
    onWindows: (report, acknowledge) => metrics.add(report, acknowledge),
  });
  const gateways = new GatewaySessions({
    context,
    projectId,
    whenComplete,
    allSlices: () => slices.all(),
    onChange: (applications) => {
      const named = applications === "all" ? slices.all() : applications.flatMap((name) => slices.get(name) ?? []);
      for (const slice of named) loop.wake(slice.applicationId);
    },
    onWindows: (report, acknowledge) => metrics.add(report, acknowledge),
  });
  const describe = new DescribeService({
    context,
    projectId,
    agents,
    onCompleted: (applicationId) => loop.wake(applicationId),
  });
  const reconciler = new Reconciler({
    context,
    slices,
    gateways,
    agents,
    wakeIn: (applicationId, delayMs) => loop.wakeIn(applicationId, delayMs),
  });

  const listener: Listener = listen({
    url: databaseUrl,
    channels: ["sluice_intent"],
    onMessage: (_channel, { applicationId }) => {
      if (applicationId === undefined) background("waking", wakeAll);
      else loop.wake(applicationId);
      background("describing", () => describe.completeRevisions());
    },
    onResync: () => background("the resync", wakeAll),
  });

  const beginFirstPass = async (): Promise<void> => {
    for (const application of await listAllApplications(context.database)) {
      untried.add(application.id);
      loop.wake(application.id);
    }
    hasBegun = true;
    markIfComplete();
  };
  background("the first pass", () => retryUntilDone(beginFirstPass, () => isEnded));

  const incarnation = createHash("sha256")
    .update(`${String(context.epoch)}`)
    .digest("hex")
    .slice(0, 12);
  const reportReplicaCounts = async (): Promise<void> => {
    const [applications, pools, statuses] = await Promise.all([
      listAllApplications(context.database),
      listPools(context.database),
      listPoolStatuses(context.database),
    ]);
    const nameOf = new Map(applications.map((application) => [application.id, application.name]));
    const counts = pools.flatMap((pool) => {
      const status = statuses.find((each) => each.poolId === pool.id);
      const application = nameOf.get(pool.applicationId);
      if (status === undefined || application === undefined) return [];
      return [{ application, deployment: pool.deployment, wanted: status.wantedReplicas, ready: status.readyReplicas }];
    });
    metrics.addOwn(replicaCountParts(counts, incarnation, context.now()));
  };

  const timers = [
    setInterval(() => background("the resync", wakeAll), resyncMs),
    setInterval(() => background("describing", () => describe.completeRevisions()), resyncMs),
    setInterval(
      () =>
        background("judging nodes", () =>
          judgeNodes({ context, agents, leaderSinceMs, onChange: () => background("waking", wakeAll) }),
        ),
      judgeMs,
    ),
    setInterval(() => background("counting replicas", reportReplicaCounts), replicaCountMs),
    setInterval(() => background("sweeping", () => sweepOldRows(context)), sweepMs),
  ];

  return {
    epoch: context.epoch,
    agents,
    gateways,
    describe,
    isComplete,
    end: async () => {
      isEnded = true;
      for (const timer of timers) clearInterval(timer);
      await listener.close();
      await loop.stop();
      await metrics.flush();
    },
  };
}

async function retryUntilDone(work: () => Promise<void>, isEnded: () => boolean): Promise<void> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (isEnded()) throw error;
      await new Promise<void>((resolve) => setTimeout(resolve, 500));
    }
  }
}
