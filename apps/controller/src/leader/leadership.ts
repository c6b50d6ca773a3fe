/** Everything a leader does, for one epoch: wires the parts and ends them together. */
import { defaultProjectId, listen } from "@sluice/db";
import type { AgentSessions } from "../agents/agent-sessions.ts";
import type { Autoscaler } from "../autoscaling/autoscaler.ts";
import { startAutoscaling } from "../autoscaling/start-autoscaling.ts";
import { issueFromCluster } from "../identity/cluster-authority.ts";
import { DescribeService } from "../describe/describe-service.ts";
import type { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { ControllerMetrics } from "../metrics/controller-metrics.ts";
import { MetricIngest } from "../metrics/metric-ingest.ts";
import type { NodeWatch } from "../nodes/node-watch.ts";
import { createCore } from "./core.ts";
import type { Coverage } from "./first-pass.ts";
import type { LeaderContext } from "./leader-context.ts";
import { startPeriodicWork } from "./periodic-work.ts";

const retryFirstPassMs = 500;

export interface Leadership {
  readonly epoch: number;
  readonly agents: AgentSessions;
  readonly gateways: GatewaySessions;
  readonly nodes: NodeWatch;
  readonly describe: DescribeService;
  readonly autoscaler: Autoscaler;
  readonly coverage: () => Coverage;
  end(): Promise<void>;
}

export interface LeadershipSettings {
  readonly databaseUrl: string;
  /** Of the cluster; seals the key of its authority. */
  readonly secret: string;
  readonly certificateLifetimeMs: number;
}

export function beginLeadership(
  context: LeaderContext,
  metrics: ControllerMetrics,
  { databaseUrl, secret, certificateLifetimeMs }: LeadershipSettings,
): Leadership {
  const projectId = defaultProjectId;
  const ingest = new MetricIngest(context, projectId);
  let isEnded = false;

  const background = (what: string, work: () => Promise<unknown>): void => {
    work().catch((error: unknown) => {
      if (!isEnded) context.logger.warn({ err: error }, `${what} failed; it is tried again`);
    });
  };
  const completeRevisions = (): void => background("describing", () => describe.completeRevisions());
  const core = createCore({
    context,
    projectId,
    random: Math.random,
    issue: issueFromCluster({ ...context, projectId, secret, lifetimeMs: certificateLifetimeMs }),
    onWindows: (report, acknowledge) => ingest.add(report, acknowledge),
    onNodes: completeRevisions,
    onReconciled: (applicationId, cause, changes, tookMs) => {
      metrics.loops.inc();
      metrics.loopDuration.set(tookMs / 1000);
      if (cause !== "resync" || changes === 0) return;
      metrics.corrections.inc(changes);
      context.logger.warn({ applicationId, changes }, "the resync found what no event had told");
    },
  });
  const { agents, gateways, nodes } = core;
  const describe = new DescribeService({ context, projectId, agents, onCompleted: (id) => core.noteIntent(id) });
  const autoscaling = startAutoscaling(
    { parts: context, gateways, agents, wake: (applicationId) => core.wake(applicationId) },
    metrics,
  );

  async function begin(): Promise<void> {
    try {
      await core.begin();
    } catch (error) {
      if (isEnded) return;
      context.logger.warn({ err: error }, "the first pass could not begin; it is tried again");
      await new Promise<void>((resolve) => setTimeout(resolve, retryFirstPassMs));
      await begin();
    }
  }
  const noteAnyIntent = (): void => background("waking", () => core.noteAnyIntent());

  metrics.isLeader.set(1);
  background("the first pass", begin);
  const listener = listen({
    url: databaseUrl,
    channels: ["sluice_intent"],
    onMessage: (_channel, { applicationId }) => {
      if (applicationId === undefined) noteAnyIntent();
      else core.noteIntent(applicationId);
      completeRevisions();
    },
    onResync: () => {
      noteAnyIntent();
      completeRevisions();
    },
    onLost: (error) => context.logger.warn({ err: error }, "changes are not heard for a moment; the resync finds them"),
  });
  const periodic = startPeriodicWork({
    context,
    metrics,
    ingest,
    core,
    isLeading: () => !isEnded,
    completeRevisions,
  });

  return {
    epoch: context.epoch,
    agents,
    gateways,
    nodes,
    describe,
    autoscaler: autoscaling.autoscaler,
    coverage: core.coverage,
    end: async () => {
      isEnded = true;
      await Promise.all([core.end(), autoscaling.stop(), periodic.stop(), listener.close()]);
      await ingest.flush();
    },
  };
}
