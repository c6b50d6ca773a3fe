/** Everything a leader does, for one epoch: wires the parts and ends them together. */
import { defaultProjectId, listen } from "@sluice/db";
import { AgentSessions } from "../agents/agent-sessions.ts";
import type { Autoscaler } from "../autoscaling/autoscaler.ts";
import { startAutoscaling } from "../autoscaling/start-autoscaling.ts";
import { DescribeService } from "../describe/describe-service.ts";
import { GatewaySessions } from "../gateways/gateway-sessions.ts";
import type { ControllerMetrics } from "../metrics/controller-metrics.ts";
import { MetricIngest } from "../metrics/metric-ingest.ts";
import { NodeWatch } from "../nodes/node-watch.ts";
import { KeyedLoop, type WakeCause } from "../reconcile/keyed-loop.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import { SlicePublisher } from "../routing/slice-publisher.ts";
import { SliceTable } from "../routing/slice-table.ts";
import { FirstPass, type Coverage } from "./first-pass.ts";
import type { LeaderContext } from "./leader-context.ts";
import { startPeriodicWork } from "./periodic-work.ts";

/** Applications reconciled at the same time; placing is one at a time in any case. */
const reconcileConcurrency = 4;
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

export function beginLeadership(context: LeaderContext, metrics: ControllerMetrics, databaseUrl: string): Leadership {
  const projectId = defaultProjectId;
  const slices = new SliceTable(context.epoch);
  const ingest = new MetricIngest(context, projectId);
  const { state, reader } = context;
  let isEnded = false;

  const background = (what: string, work: () => Promise<unknown>): void => {
    work().catch((error: unknown) => {
      if (!isEnded) context.logger.warn({ err: error }, `${what} failed; it is tried again`);
    });
  };
  const loop = new KeyedLoop({
    concurrency: reconcileConcurrency,
    random: Math.random,
    handle: (applicationId, cause) => handle(applicationId, cause),
    clock: context,
    onError: (applicationId, error, retryInMs) => {
      const facts = { err: error, applicationId, retryInMs: Math.round(retryInMs) };
      context.logger.error(facts, "an application could not be reconciled");
    },
  });
  const firstPass = new FirstPass(() => gateways.publishAll());
  // Before everything was read there is nothing to look at; the first pass looks at everything.
  const wake = (applicationId: string, cause: WakeCause = "event"): void => {
    if (reader.isFilled) loop.wake(applicationId, cause);
  };
  const wakeAll = (cause: WakeCause): void => {
    for (const [id] of state.applications()) wake(id, cause);
  };
  /** Somebody changed what is wanted of an application. */
  const noteIntent = (applicationId: string): void => {
    reader.doubt(applicationId, "intent");
    wake(applicationId);
  };
  const noteAnyIntent = (): void =>
    background("waking", async () => {
      if (!reader.isFilled) return;
      for (const id of await reader.findChanges()) wake(id);
      await nodes.noteIntents();
    });
  const completeRevisions = (): void => background("describing", () => describe.completeRevisions());

  const agents = new AgentSessions({
    context,
    projectId,
    slicesOf: (applicationIds) => slices.all().filter((slice) => applicationIds.has(slice.applicationId)),
    onChange: (applicationIds) => applicationIds.forEach((applicationId) => wake(applicationId)),
    onNodes: () => {
      wakeAll("event");
      completeRevisions();
    },
    onWindows: (report, acknowledge) => ingest.add(report, acknowledge),
  });
  const gateways = new GatewaySessions({
    context,
    projectId,
    coverage: () => firstPass.coverage,
    allSlices: () => slices.all(),
    onChange: (applications) => {
      const named = applications === "all" ? slices.all() : applications.flatMap((name) => slices.get(name) ?? []);
      for (const slice of named) wake(slice.applicationId);
    },
    onWindows: (report, acknowledge) => ingest.add(report, acknowledge),
  });
  const nodes = new NodeWatch({ context, agents, onChange: () => wakeAll("event") });
  const describe = new DescribeService({ context, projectId, agents, onCompleted: noteIntent });
  const autoscaling = startAutoscaling({
    parts: context,
    gateways,
    agents,
    wake: (applicationId) => wake(applicationId),
  });
  const publisher = new SlicePublisher({ context, slices, gateways, agents });
  const reconciler = new Reconciler({
    context,
    publisher,
    agents,
    wakeIn: (applicationId, delayMs) => loop.wakeIn(applicationId, delayMs),
  });

  async function handle(applicationId: string, cause: WakeCause): Promise<void> {
    const startedMs = performance.now();
    let isDone = false;
    try {
      const changes = await reconciler.reconcile(applicationId);
      isDone = true;
      if (cause === "resync" && changes > 0) {
        metrics.corrections.inc(changes);
        context.logger.warn({ applicationId, changes }, "the resync found what no event had told");
      }
    } finally {
      firstPass.note(applicationId, isDone);
      metrics.loops.inc();
      metrics.loopDuration.set((performance.now() - startedMs) / 1000);
    }
  }

  async function begin(): Promise<void> {
    try {
      const applicationIds = await reader.fill();
      for (const id of applicationIds) loop.wake(id);
      firstPass.begin(applicationIds);
    } catch (error) {
      if (isEnded) return;
      context.logger.warn({ err: error }, "the first pass could not begin; it is tried again");
      await new Promise<void>((resolve) => setTimeout(resolve, retryFirstPassMs));
      await begin();
    }
  }

  metrics.isLeader.set(1);
  background("the first pass", begin);
  const listener = listen({
    url: databaseUrl,
    channels: ["sluice_intent"],
    onMessage: (_channel, { applicationId }) => {
      if (applicationId === undefined) noteAnyIntent();
      else noteIntent(applicationId);
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
    agents,
    gateways,
    nodes,
    isLeading: () => !isEnded,
    wake,
    wakeAll,
    completeRevisions,
  });

  return {
    epoch: context.epoch,
    agents,
    gateways,
    nodes,
    describe,
    autoscaler: autoscaling.autoscaler,
    coverage: () => firstPass.coverage,
    end: async () => {
      isEnded = true;
      reader.end();
      await Promise.all([
        agents.end(),
        gateways.end(),
        autoscaling.stop(),
        periodic.stop(),
        listener.close(),
        loop.stop(),
      ]);
      await publisher.stop();
      await ingest.flush();
    },
  };
}
