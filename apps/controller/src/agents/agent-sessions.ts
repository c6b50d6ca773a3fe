/** Connected agents: their replicas' observations go to the database, their assignments and slices go to them. */
import type {
  AgentMessage,
  ControllerToAgent,
  DescribeRequest,
  DescribeResult,
  ReplicaObservation,
  RoutingSlice,
} from "@sluice/contracts";
import {
  fenced,
  getReplica,
  listReplicas,
  notify,
  saveNodeUsage,
  updateReplica,
  upsertNode,
  type Replica,
  type ReplicaChange,
  type Tx,
} from "@sluice/db";
import type { Link } from "../http/link-server.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { planMissing, planObservation } from "./plan-observation.ts";

export interface AgentSession {
  readonly nodeId: string;
  readonly nodeName: string;
  readonly link: Link<ControllerToAgent>;
  lastHeartbeatAtMs: number;
  /** Descriptions it is working on. */
  readonly describing: Map<string, (result: DescribeResult) => void>;
  /** Messages of one agent are handled in order. */
  work: Promise<void>;
  sentAssignments: string;
  version: number;
}

export interface AgentSessionsOptions {
  readonly context: LeaderContext;
  readonly projectId: string;
  readonly slicesOf: (applications: ReadonlySet<string>) => RoutingSlice[];
  /** These applications have news. */
  readonly onChange: (applicationIds: ReadonlySet<string>) => void;
  /** A node came, or its agent's link closed. */
  readonly onNodes: () => void;
  readonly onWindows: (
    report: Extract<AgentMessage, { type: "windows" }>["report"],
    acknowledge: (windowStartMs: number[]) => void,
  ) => void;
}

export class AgentSessions {
  readonly #options: AgentSessionsOptions;
  readonly #sessions = new Map<string, AgentSession>();

  constructor(options: AgentSessionsOptions) {
    this.#options = options;
  }

  all(): AgentSession[] {
    return [...this.#sessions.values()];
  }

  get(nodeId: string): AgentSession | undefined {
    return this.#sessions.get(nodeId);
  }

  receive(link: Link<ControllerToAgent>, message: AgentMessage): void {
    if (message.type === "hello") return this.#open(link, message);
    const session = this.#of(link);
    if (session === undefined) return link.close("the first message must be hello");
    switch (message.type) {
      case "heartbeat":
        session.lastHeartbeatAtMs = this.#options.context.now();
        return this.#enqueue(session, (tx) => saveNodeUsage(tx, session.nodeId, message.usage));
      case "observed":
        return this.#observe(session, message.replicas, message.full);
      case "windows":
        return this.#options.onWindows(message.report, (windowStartMs) =>
          link.send({
            type: "windows_ack",
            epoch: this.#options.context.epoch,
            reporter: message.report.reporter,
            windowStartMs,
          }),
        );
      case "described":
        session.describing.get(message.requestId)?.(message.result);
        session.describing.delete(message.requestId);
        return;
      default:
        return message satisfies never;
    }
  }

  onClose(link: Link<ControllerToAgent>): void {
    const session = this.#of(link);
    if (session === undefined) return;
    this.#sessions.delete(session.nodeId);
    for (const settle of session.describing.values()) {
      settle({ ok: false, message: `node ${session.nodeName} was lost while it inspected the code` });
    }
    this.#options.onNodes();
  }

  /** Sends a node the full set of its assignments, when it differs from what was sent. */
  async sendAssignments(nodeId: string): Promise<void> {
    const session = this.#sessions.get(nodeId);
    if (session === undefined) return;
    const { context, slicesOf } = this.#options;
    const replicas = await listReplicas(context.database, { nodeId, live: true });
    const assignments = replicas.flatMap((replica) =>
      replica.members
        .filter((member) => member.nodeId === nodeId)
        .map((member) => ({ ...member.assignment, desired: replica.desired })),
    );
    const fingerprint = JSON.stringify(assignments);
    if (fingerprint === session.sentAssignments) return;
    session.sentAssignments = fingerprint;
    session.version += 1;
    session.link.send({ type: "assignments", epoch: context.epoch, version: session.version, assignments });
    const slices = slicesOf(new Set(assignments.map((assignment) => assignment.application)));
    if (slices.length > 0) session.link.send({ type: "slices", epoch: context.epoch, slices });
  }

  /** Tells the agents that host any of these applications. */
  publish(slices: readonly RoutingSlice[]): void {
    const { epoch } = this.#options.context;
    for (const session of this.#sessions.values()) {
      const hosted = slices.filter((slice) => session.sentAssignments.includes(slice.applicationId));
      if (hosted.length > 0) session.link.send({ type: "slices", epoch, slices: hosted });
    }
  }

  /** Asks one agent; the answer is its word, or that the node was lost. */
  describe(session: AgentSession, requestId: string, request: DescribeRequest): Promise<DescribeResult> {
    return new Promise((resolve) => {
      session.describing.set(requestId, resolve);
      session.link.send({ type: "describe", epoch: this.#options.context.epoch, requestId, request });
    });
  }

  #open(link: Link<ControllerToAgent>, hello: Extract<AgentMessage, { type: "hello" }>): void {
    const { context, projectId } = this.#options;
    const { nodeId, name } = hello.node;
    this.#sessions.get(nodeId)?.link.close("the same node connected again");
    const session: AgentSession = {
      nodeId,
      nodeName: name,
      link,
      lastHeartbeatAtMs: context.now(),
      describing: new Map(),
      work: Promise.resolve(),
      sentAssignments: "",
      version: 0,
    };
    this.#sessions.set(nodeId, session);
    link.send({ type: "welcome", epoch: context.epoch, heartbeatIntervalMs: context.heartbeatIntervalMs });
    this.#enqueue(session, async (tx) => {
      await upsertNode(tx, { projectId, facts: hello.node });
      await notify(tx, "sluice_status");
    });
    this.#observe(session, hello.replicas, true);
    session.work = session.work.then(async () => {
      await this.sendAssignments(nodeId);
      this.#options.onNodes();
    });
  }

  #observe(session: AgentSession, observed: readonly ReplicaObservation[], isFull: boolean): void {
    const touched = new Set<string>();
    const now = () => this.#options.context.now();
    this.#enqueue(session, async (tx) => {
      for (const observation of observed) {
        await changeReplica(tx, observation.replicaId, touched, (replica) =>
          replica.nodeId === session.nodeId ? planObservation(replica, observation, now()) : null,
        );
      }
      if (isFull) {
        const reported = new Set(observed.map((each) => each.replicaId));
        for (const { id } of await listReplicas(tx, { nodeId: session.nodeId, live: true })) {
          if (!reported.has(id)) await changeReplica(tx, id, touched, (replica) => planMissing(replica, now()));
        }
      }
      for (const applicationId of touched) await notify(tx, "sluice_status", { applicationId });
    });
    session.work = session.work.then(() => {
      if (touched.size > 0) this.#options.onChange(touched);
    });
  }

  #enqueue(session: AgentSession, work: (tx: Tx) => Promise<void>): void {
    const { context } = this.#options;
    session.work = session.work
      .then(() => fenced(context.database, context.epoch, work))
      .catch((error: unknown) => {
        context.logger.error({ err: error, node: session.nodeName }, "an agent's report was not saved");
      });
  }

  #of(link: Link<ControllerToAgent>): AgentSession | undefined {
    return this.all().find((session) => session.link === link);
  }
}

/** Tries at a row that a plan writes at the same moment; each builds on what the other wrote. */
const writeTries = 5;

async function changeReplica(
  tx: Tx,
  replicaId: string,
  touched: Set<string>,
  plan: (replica: Replica) => ReplicaChange | null,
): Promise<void> {
  for (let left = writeTries; left > 0; left -= 1) {
    const replica = await getReplica(tx, replicaId);
    const change = replica === null ? null : plan(replica);
    if (replica === null || change === null) return;
    if ((await updateReplica(tx, replica, change)) === null) continue;
    touched.add(replica.applicationId);
    return;
  }
  throw new Error(`replica ${replicaId} could not be written in ${String(writeTries)} tries`);
}
