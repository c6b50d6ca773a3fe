/** Connected agents: their replicas' observations go to the database, their assignments and slices go to them. */
import { randomUUID } from "node:crypto";
import type {
  AgentMessage,
  ControllerToAgent,
  DescribeRequest,
  DescribeResult,
  ReplicaObservation,
  RoutingSlice,
} from "@sluice/contracts";
import { fenced, saveNodeUsage } from "@sluice/db";
import type { Link } from "../http/link-server.ts";
import type { LeaderContext } from "../leader/leader-context.ts";
import { OrderedWork } from "../order/ordered-work.ts";
import { openSession, settleQuestions, type AgentSession } from "./agent-session.ts";
import { AssignmentSender } from "./assignment-sender.ts";
import { HandleLoads } from "./handle-loads.ts";
import { saveHello, saveObservations } from "./save-reports.ts";

type Of<Type extends AgentMessage["type"]> = Extract<AgentMessage, { type: Type }>;

export interface AgentSessionsOptions {
  readonly context: LeaderContext;
  readonly projectId: string;
  /** Slices of these applications (ids). */
  readonly slicesOf: (applicationIds: ReadonlySet<string>) => RoutingSlice[];
  /** These applications have news. */
  readonly onChange: (applicationIds: ReadonlySet<string>) => void;
  /** A node came, or its agent's link closed. */
  readonly onNodes: () => void;
  readonly onWindows: (report: Of<"windows">["report"], acknowledge: (windowStartMs: number[]) => void) => void;
}

export class AgentSessions {
  readonly #options: AgentSessionsOptions;
  readonly #sessions = new Map<string, AgentSession>();
  /** Writes of one node happen in the order of its messages, over all its links. */
  readonly #writes: OrderedWork;
  readonly #sender: AssignmentSender;
  readonly #loads = new HandleLoads();

  constructor(options: AgentSessionsOptions) {
    this.#options = options;
    const { context, slicesOf } = options;
    this.#writes = new OrderedWork((nodeId, error) => {
      context.logger.warn(
        { err: error, nodeId },
        "an agent's report was not saved; its next full report makes it good",
      );
    });
    this.#sender = new AssignmentSender({ context, slicesOf, session: (nodeId) => this.#sessions.get(nodeId) });
  }

  /** Sum of the gauges of the handles in all replicas, per pool: beside that of gateways, the T of autoscaling. */
  load(): Map<string, { queued: number; sent: number }> {
    return this.#loads.sum(this.#options.context.now());
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
        return this.#beat(session, message);
      case "observed":
        return this.#observe(session, message.replicas, message.full);
      case "windows":
        return this.#options.onWindows(message.report, (windowStartMs) => {
          const { epoch } = this.#options.context;
          link.send({ type: "windows_ack", epoch, reporter: message.report.reporter, windowStartMs });
        });
      case "load":
        return this.#loads.note(message.router, message.pools, this.#options.context.now());
      case "described":
        session.describing.get(message.requestId)?.(message.result);
        session.describing.delete(message.requestId);
        return;
      case "metrics":
        session.readingMetrics.get(message.requestId)?.(message.text);
        session.readingMetrics.delete(message.requestId);
        return;
      // Nobody asks for logs yet.
      case "log_chunk":
        return;
      default:
        return message satisfies never;
    }
  }

  /** The close of a link that its node has replaced already says nothing about the node. */
  onClose(link: Link<ControllerToAgent>): void {
    const session = this.#of(link);
    if (session === undefined) return;
    this.#sessions.delete(session.nodeId);
    settleQuestions(session);
    this.#options.onNodes();
  }

  /** Nothing is asked, answered or written any more. */
  async end(): Promise<void> {
    for (const session of this.#sessions.values()) settleQuestions(session);
    this.#sessions.clear();
    await Promise.all([this.#writes.stop(), this.#sender.stop()]);
  }

  /** Sends these nodes the full set of their assignments, where it differs from what they have. Never rejects. */
  async sendAssignments(nodeIds: Iterable<string>): Promise<void> {
    await Promise.all([...nodeIds].map((nodeId) => this.#sender.send(nodeId)));
  }

  /** Tells the agents that host any of these applications. */
  publish(slices: readonly RoutingSlice[]): void {
    const { epoch } = this.#options.context;
    for (const session of this.#sessions.values()) {
      const hosted = slices.filter((slice) => session.hosted.has(slice.applicationId));
      if (hosted.length > 0) session.link.send({ type: "slices", epoch, slices: hosted });
    }
  }

  /** Asks one agent; null when it was lost before it answered. */
  describe(session: AgentSession, request: DescribeRequest): Promise<DescribeResult | null> {
    if (this.#sessions.get(session.nodeId) !== session) return Promise.resolve(null);
    const requestId = randomUUID();
    return new Promise((resolve) => {
      session.describing.set(requestId, resolve);
      session.link.send({ type: "describe", epoch: this.#options.context.epoch, requestId, request });
    });
  }

  /** What the replicas of a node count themselves; null when it is lost, or does not answer in time. */
  readMetrics({ link, readingMetrics }: AgentSession, timeoutMs: number): Promise<string | null> {
    const requestId = randomUUID();
    return new Promise((resolve) => {
      const timer = setTimeout(() => {
        readingMetrics.delete(requestId);
        resolve(null);
      }, timeoutMs);
      readingMetrics.set(requestId, (text) => {
        clearTimeout(timer);
        resolve(text);
      });
      link.send({ type: "read_metrics", epoch: this.#options.context.epoch, requestId });
    });
  }

  #open(link: Link<ControllerToAgent>, hello: Of<"hello">): void {
    const { context, projectId, onChange, onNodes } = this.#options;
    const { nodeId, name } = hello.node;
    const replaced = this.#sessions.get(nodeId);
    if (replaced !== undefined) settleQuestions(replaced);
    if (replaced !== undefined && replaced.link !== link) replaced.link.close("the same node connected again");
    this.#sessions.set(nodeId, openSession(link, nodeId, name, context.now()));
    link.send({ type: "welcome", epoch: context.epoch, heartbeatIntervalMs: context.heartbeatIntervalMs });
    const saved = this.#writes.run(nodeId, async () => {
      await saveHello(context, projectId, hello.node);
      onChange(await saveObservations(context, nodeId, hello.replicas, true));
    });
    void saved.then(async (isSaved) => {
      // Without its row the node is nobody: the agent says hello again on a new link.
      if (!isSaved) return link.close("the node could not be recorded; try again");
      await this.sendAssignments([nodeId]);
      onNodes();
    });
  }

  #beat(session: AgentSession, { usage }: Of<"heartbeat">): void {
    const { context } = this.#options;
    session.lastHeartbeatAtMs = context.now();
    const isQueued = session.unwrittenUsage !== null;
    session.unwrittenUsage = usage;
    if (isQueued) return;
    void this.#writes.run(session.nodeId, async () => {
      const newest = session.unwrittenUsage ?? usage;
      session.unwrittenUsage = null;
      await fenced(context.database, context.epoch, (tx) => saveNodeUsage(tx, session.nodeId, newest));
    });
  }

  #observe(session: AgentSession, observed: readonly ReplicaObservation[], isFull: boolean): void {
    const { context, onChange } = this.#options;
    void this.#writes.run(session.nodeId, async () => {
      onChange(await saveObservations(context, session.nodeId, observed, isFull));
    });
  }

  #of(link: Link<ControllerToAgent>): AgentSession | undefined {
    return this.all().find((session) => session.link === link);
  }
}
