/**
 * The parts that decide and tell, wired together: sessions of agents and gateways, the loop over applications, what wakes it.
 * It needs a store and a clock and nothing else, so that a simulation runs exactly this.
 */
import { AgentSessions, type AgentSessionsOptions } from "../agents/agent-sessions.ts";
import { GatewaySessions } from "../gateways/gateway-sessions.ts";
import { listNodesToTry } from "../nodes/judge-reach.ts";
import { NodeWatch } from "../nodes/node-watch.ts";
import type { IssueCertificate } from "../identity/cluster-authority.ts";
import { freesRoom } from "../reconcile/frees-room.ts";
import { KeyedLoop, type WakeCause } from "../reconcile/keyed-loop.ts";
import { Reconciler } from "../reconcile/reconciler.ts";
import { SlicePublisher } from "../routing/slice-publisher.ts";
import { SliceTable } from "../routing/slice-table.ts";
import { FirstPass, type Coverage } from "./first-pass.ts";
import type { LeaderParts } from "./leader-context.ts";

/** Applications reconciled at the same time; placing is one at a time in any case. */
const reconcileConcurrency = 4;
/** Who waits for room looks once for all that gets free within this time. */
const freedRoomMs = 50;

export interface LeaderCoreOptions {
  readonly context: LeaderParts;
  readonly projectId: string;
  readonly random: () => number;
  /** Unused replica ids; a repeatable run brings its own. */
  readonly replicaId?: () => string;
  readonly onWindows: AgentSessionsOptions["onWindows"];
  /** Certifies keys of nodes, gateways and hosts; without it there are no certificates. */
  readonly issue?: IssueCertificate;
  /** A node came, or its agent's link closed. */
  readonly onNodes: () => void;
  readonly onReconciled: (applicationId: string, cause: WakeCause, changes: number, tookMs: number) => void;
}

export interface LeaderCore {
  readonly agents: AgentSessions;
  readonly gateways: GatewaySessions;
  readonly nodes: NodeWatch;
  readonly coverage: () => Coverage;
  readonly wake: (applicationId: string, cause?: WakeCause) => void;
  readonly wakeAll: (cause: WakeCause) => void;
  /** Somebody changed what is wanted of an application. */
  noteIntent(applicationId: string): void;
  /** Somebody changed something: what, is found out. */
  noteAnyIntent(): Promise<void>;
  /** Reads everything and looks at every application for the first time. */
  begin(): Promise<void>;
  /** Looks at everything again: what nobody told is found. */
  resync(): Promise<void>;
  end(): Promise<void>;
}

export function createCore(options: LeaderCoreOptions): LeaderCore {
  const { context, projectId, random, onWindows, onReconciled } = options;
  const { state, reader } = context;
  const slices = new SliceTable(context.epoch);
  const loop = new KeyedLoop({
    concurrency: reconcileConcurrency,
    random,
    handle: (applicationId, cause) => handle(applicationId, cause),
    clock: context,
    onError: (applicationId, error, retryInMs) => {
      const facts = { err: error, applicationId, retryInMs: Math.round(retryInMs) };
      context.logger.error(facts, "an application could not be reconciled");
    },
  });
  const issue = options.issue ?? null;
  const judgeReach = (): void => {
    nodes.judge().catch((err: unknown) => {
      context.logger.warn({ err }, "the nodes could not be judged; it is tried again");
    });
  };
  const firstPass = new FirstPass(() => gateways.publishAll());
  // Before everything was read there is nothing to look at; the first pass looks at everything.
  const wake = (applicationId: string, cause: WakeCause = "event"): void => {
    if (reader.isFilled) loop.wake(applicationId, cause);
  };
  const wakeAll = (cause: WakeCause): void => {
    for (const [id] of state.applications()) wake(id, cause);
  };
  const agents = new AgentSessions({
    context,
    projectId,
    slicesOf: (applicationIds) => slices.all().filter((slice) => applicationIds.has(slice.applicationId)),
    onChange: (applicationIds) => applicationIds.forEach((applicationId) => wake(applicationId)),
    onNodes: () => {
      wakeAll("event");
      options.onNodes();
    },
    issue,
    onDataListener: () => {
      gateways.tryNodes();
      judgeReach();
    },
    onWindows,
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
    issue,
    nodesToTry: () => listNodesToTry(agents.all()),
    onReach: () => judgeReach(),
    onWindows,
  });
  const nodes = new NodeWatch({ context, agents, gateways, onChange: () => wakeAll("event") });
  const publisher = new SlicePublisher({ context, slices, gateways, agents });
  const reconciler = new Reconciler({
    context,
    publisher,
    agents,
    wakeIn: (applicationId, delayMs) => loop.wakeIn(applicationId, delayMs),
    ...(options.replicaId === undefined ? {} : { replicaId: options.replicaId }),
  });
  context.writer.watch((batch) => {
    if (freesRoom(batch)) for (const id of reconciler.waitingForRoom) loop.wakeIn(id, freedRoomMs);
  });

  async function handle(applicationId: string, cause: WakeCause): Promise<void> {
    const startedMs = performance.now();
    let changes: number | null = null;
    try {
      changes = await reconciler.reconcile(applicationId);
    } finally {
      firstPass.note(applicationId, changes !== null);
      onReconciled(applicationId, cause, changes ?? 0, performance.now() - startedMs);
    }
  }

  return {
    agents,
    gateways,
    nodes,
    coverage: () => firstPass.coverage,
    wake,
    wakeAll,
    noteIntent: (applicationId) => {
      reader.doubt(applicationId, "intent");
      wake(applicationId);
    },
    noteAnyIntent: async () => {
      if (!reader.isFilled) return;
      for (const id of await reader.findChanges()) wake(id);
      await nodes.noteIntents();
    },
    begin: async () => {
      // Before the first plan: what is drained now is gone for a gateway that has not come back yet.
      await gateways.expectKnown();
      const applicationIds = await reader.fill();
      // What came while it was read was told to nobody: its wake had to wait for this.
      for (const id of new Set([...applicationIds, ...reader.doubted()])) loop.wake(id);
      firstPass.begin(applicationIds);
    },
    resync: async () => {
      if (!reader.isFilled) return;
      await reader.readNodeIntents();
      for (const id of await reader.findChanges()) wake(id, "resync");
      agents.sendAssignments(agents.all().map((session) => session.nodeId));
    },
    end: async () => {
      reader.end();
      await Promise.all([agents.end(), gateways.end(), loop.stop()]);
      await publisher.stop();
    },
  };
}
