/** Connected agents: what they report goes to the inbox, their assignments and slices go to them. */
import { randomUUID } from "node:crypto";
import {
  peerNames,
  type AgentMessage,
  type ControllerToAgent,
  type DescribeRequest,
  type DescribeResult,
  type ReplicaObservation,
  type RoutingSlice,
} from "@sluice/contracts";
import { isEnded } from "@sluice/domain";
import type { Link } from "../http/link-server.ts";
import { answerAsk } from "../identity/answer-ask.ts";
import type { IssueCertificate } from "../identity/cluster-authority.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import { openSession, settleQuestions, type AgentSession } from "./agent-session.ts";
import { AssignmentSender } from "./assignment-sender.ts";
import { HandleLoads } from "./handle-loads.ts";
import { ReportInbox } from "./report-inbox.ts";

type Of<Type extends AgentMessage["type"]> = Extract<AgentMessage, { type: Type }>;

export interface AgentSessionsOptions {
  readonly context: LeaderParts;
  readonly projectId: string;
  /** Slices of these applications (ids). */
  readonly slicesOf: (applicationIds: ReadonlySet<string>) => RoutingSlice[];
  /** These applications have news. */
  readonly onChange: (applicationIds: ReadonlySet<string>) => void;
  /** A node came, or its agent's link closed. */
  readonly onNodes: () => void;
  /** Null: no certificates here. */
  readonly issue: IssueCertificate | null;
  /** A node says where it listens for other machines, or does no longer. */
  readonly onDataListener: () => void;
  readonly onWindows: (report: Of<"windows">["report"], acknowledge: (windowStartMs: number[]) => void) => void;
}

export class AgentSessions {
  readonly #options: AgentSessionsOptions;
  readonly #sessions = new Map<string, AgentSession>();
  readonly #byLink = new Map<Link<ControllerToAgent>, AgentSession>();
  readonly #inbox: ReportInbox;
  readonly #sender: AssignmentSender;
  readonly #loads = new HandleLoads();

  constructor(options: AgentSessionsOptions) {
    this.#options = options;
    const { context, projectId, slicesOf, onChange } = options;
    this.#inbox = new ReportInbox({ context, projectId, onChange });
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
        // A node speaks for the replicas it hosts, and for no others.
        if (!this.#hosts(session.nodeId, message.router)) return;
        return this.#loads.note(message.router, message.pools, this.#options.context.now());
      case "described":
        session.describing.get(message.requestId)?.(message.result);
        session.describing.delete(message.requestId);
        return;
      case "metrics":
        session.readingMetrics.get(message.requestId)?.(message.text);
        session.readingMetrics.delete(message.requestId);
        return;
      case "log_chunk":
        return session.readingLogs.get(message.requestId)?.(message);
      case "certify":
        return void this.#certify(session, message);
      case "data_listener":
        session.dataListener = message.address;
        return this.#options.onDataListener();
      default:
        return message satisfies never;
    }
  }

  /** The close of a link that its node has replaced already says nothing about the node. */
  onClose(link: Link<ControllerToAgent>): void {
    const session = this.#of(link);
    if (session === undefined) return;
    this.#forget(session);
    this.#options.onNodes();
    if (session.dataListener !== null) this.#options.onDataListener();
  }

  /** Nothing is asked, answered or written any more. */
  async end(): Promise<void> {
    for (const session of this.all()) this.#forget(session);
    await this.#inbox.stop();
  }

  /** Sends these nodes the full set of their assignments, where it differs from what they have. */
  sendAssignments(nodeIds: Iterable<string>): void {
    for (const nodeId of nodeIds) this.#sender.send(nodeId);
  }

  /** Tells an agent that is not admitted that nothing is to run on it. */
  dismiss(link: Link<ControllerToAgent>): void {
    this.#sender.dismiss(link);
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
    const { context, onNodes, issue } = this.#options;
    const { nodeId } = hello.node;
    const replaced = this.#sessions.get(nodeId);
    if (replaced !== undefined) this.#forget(replaced);
    if (replaced !== undefined && replaced.link !== link) replaced.link.close("the same node connected again");
    const session = openSession(link, hello.node, context.now());
    this.#sessions.set(nodeId, session);
    this.#byLink.set(link, session);
    const { epoch, heartbeatIntervalMs } = context;
    link.send({ type: "welcome", epoch, heartbeatIntervalMs, certifies: issue !== null });
    context.sightings.seeNode(nodeId, context.now(), null);
    this.#measure(hello.replicas);
    const onSaved = (isSaved: boolean): void => {
      // Without its row the node is nobody: the agent says hello again on a new link.
      if (!isSaved) return link.close("the node could not be recorded; try again");
      session.isRecorded = true;
      this.#sender.send(nodeId);
      onNodes();
    };
    this.#inbox.add({ nodeId, facts: hello.node, replicas: hello.replicas, isFull: true, onSaved });
  }

  /** A node speaks for itself and for the hosts on it. */
  async #certify({ nodeId, link }: AgentSession, ask: Of<"certify">): Promise<void> {
    const { context, issue } = this.#options;
    const name = ask.member === null ? peerNames.node(nodeId) : peerNames.host(nodeId, ask.member);
    const answer = await answerAsk(issue, name, ask, context.logger);
    link.send({ type: "certified", epoch: context.epoch, ...answer });
  }

  #beat(session: AgentSession, { usage }: Of<"heartbeat">): void {
    const { now, sightings } = this.#options.context;
    session.lastHeartbeatAtMs = now();
    sightings.seeNode(session.nodeId, session.lastHeartbeatAtMs, usage);
  }

  #observe({ nodeId }: AgentSession, replicas: readonly ReplicaObservation[], isFull: boolean): void {
    this.#measure(replicas);
    this.#inbox.add({ nodeId, facts: null, replicas, isFull });
  }

  #measure(replicas: readonly ReplicaObservation[]): void {
    const { sightings } = this.#options.context;
    for (const replica of replicas) {
      if (isEnded(replica.stage)) sightings.forgetLoad(replica.replicaId);
      else sightings.seeLoad(replica);
    }
  }

  #forget(session: AgentSession): void {
    settleQuestions(session);
    this.#byLink.delete(session.link);
    if (this.#sessions.get(session.nodeId) === session) this.#sessions.delete(session.nodeId);
  }

  #of(link: Link<ControllerToAgent>): AgentSession | undefined {
    return this.#byLink.get(link);
  }

  /** `router` is a replica's id, or that of a member: `<replica>.<rank>`. */
  #hosts(nodeId: string, router: string): boolean {
    const replicaId = router.split(".")[0] ?? router;
    return this.#options.context.state.replicasOn(nodeId).some(({ id }) => id === replicaId);
  }
}
