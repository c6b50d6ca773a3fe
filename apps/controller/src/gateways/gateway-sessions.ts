/** Connected gateways: what each has in force, and the load it reports. Slices go out to all of them. */
import {
  peerNames,
  type ControllerToGateway,
  type GatewayMessage,
  type NodeReach,
  type PoolLoad,
  type RoutingSlice,
  type SliceVersion,
} from "@sluice/contracts";
import type { Gateway } from "@sluice/db";
import { silentAfterMs } from "../agents/handle-loads.ts";
import type { Link } from "../http/link-server.ts";
import { answerAsk } from "../identity/answer-ask.ts";
import type { IssueCertificate } from "../identity/cluster-authority.ts";
import type { Coverage } from "../leader/first-pass.ts";
import type { LeaderParts } from "../leader/leader-context.ts";
import { OrderedWork } from "../order/ordered-work.ts";
import { isAtLeast } from "../routing/slice-table.ts";
import { AwaitedGateways, hasWeights, mostPatienceMs, type Awaited, type AwaitedWeights } from "./awaited-gateways.ts";

type Of<Type extends GatewayMessage["type"]> = Extract<GatewayMessage, { type: Type }>;

interface Session {
  readonly gatewayId: string;
  readonly name: string;
  readonly link: Link<ControllerToGateway>;
  readonly applied: Map<string, SliceVersion>;
  /** When it was first sent an application's slice over this link, by name. */
  readonly firstSentMs: Map<string, number>;
  load: readonly PoolLoad[];
  /** When it told its load last; before it ever did, it is silent. */
  loadAtMs: number;
  /** Confirmed and not written yet. */
  unwritten: Map<string, SliceVersion>;
  /** Null: an earlier gateway, which neither says where it is nor tries nodes. */
  readonly machineId: string | null;
  /** Why it does not reach a node, by id; null = it does. */
  reach: ReadonlyMap<string, string | null>;
}

/** What a gateway knows of the way to nodes. */
export type GatewayView = Pick<Session, "machineId" | "reach">;
export type TryNode = Extract<ControllerToGateway, { type: "try_nodes" }>["nodes"][number];

/** One that has come back and was sent the weights has them by then, also where it does not say so. */
const takesOverWithinMs = 5_000;
/** What a gateway confirms is written together: its row holds the versions of all applications. */
const writeAppliedAfterMs = 500;

export interface GatewaySessionsOptions {
  readonly context: LeaderParts;
  readonly projectId: string;
  /** While it is `none` nothing is sent; only `full` sets may take routes away. */
  readonly coverage: () => Coverage;
  readonly allSlices: () => RoutingSlice[];
  /** Null: no certificates here. */
  readonly issue: IssueCertificate | null;
  /** Nodes that gateways are to try. */
  readonly nodesToTry: () => readonly TryNode[];
  /** A gateway came, went, or learned which nodes it reaches. */
  readonly onReach: () => void;
  /** A gateway came, went, or confirmed versions. */
  readonly onChange: (applications: readonly string[] | "all") => void;
  readonly onWindows: (report: Of<"windows">["report"], acknowledge: (windowStartMs: number[]) => void) => void;
}

export class GatewaySessions {
  readonly #options: GatewaySessionsOptions;
  readonly #sessions = new Map<string, Session>();
  readonly #awaited = new AwaitedGateways();
  /** Writes of one gateway happen in the order of its messages, over all its links. */
  readonly #writes: OrderedWork;

  constructor(options: GatewaySessionsOptions) {
    this.#options = options;
    this.#writes = new OrderedWork((gatewayId, error) => {
      options.context.logger.warn({ err: error, gatewayId }, "a gateway's report was not saved");
    });
  }

  get count(): number {
    return this.#sessions.size;
  }

  isConnected(gatewayId: string): boolean {
    return this.#sessions.has(gatewayId);
  }

  /** True when every connected gateway, and at least one, has this version in force. */
  isInForce(application: string, wanted: Pick<RoutingSlice, "epoch" | "version">): boolean {
    if (this.#sessions.size === 0) return false;
    return [...this.#sessions.values()].every((session) => isAtLeast(session.applied.get(application), wanted));
  }

  /** Gateways that may still serve by weights before these: those that are cut off, and those that are just back. */
  awaited(weights: AwaitedWeights): Awaited | null {
    const lost = this.#awaited.find(weights, this.#sessions.size);
    const backMs = [...this.#sessions.values()].flatMap(({ applied, firstSentMs }) => {
      // It tells all that it has in force: what it does not name it does not serve.
      if (!applied.has(weights.application) || hasWeights(applied, weights)) return [];
      // Not sent before everything was looked at: until then the wait goes on.
      return (firstSentMs.get(weights.application) ?? this.#options.context.now()) + takesOverWithinMs;
    });
    if (lost === null && backMs.length === 0) return null;
    return { untilMs: Math.max(...backMs, lost?.untilMs ?? 0), gateways: lost?.gateways ?? [] };
  }

  /** Those that a former leader had are to come here, and those that it awaited. */
  async expectKnown(): Promise<void> {
    const { store, now } = this.#options.context;
    for (const { id, name, applied, connected, lostAtMs } of await store.listGateways()) {
      if (this.#sessions.has(id)) continue;
      const sinceMs = connected ? now() : lostAtMs;
      if (sinceMs === null || sinceMs + mostPatienceMs < now()) continue;
      this.#awaited.lose(id, { name, applied: versionsOf(applied), lostAtMs: sinceMs });
    }
  }

  /** Since when a gateway counts as lost; null = it is not awaited. */
  lostSinceMs(gatewayId: string): number | null {
    return this.#awaited.lostSinceMs(gatewayId);
  }

  /** What each of them knows of the way to nodes. */
  views(): readonly GatewayView[] {
    return [...this.#sessions.values()];
  }

  /** Other nodes are to be tried, or others than before. */
  tryNodes(): void {
    for (const session of this.#sessions.values()) this.#tellNodes(session);
  }

  /** Sum of the gauges per pool over the gateways that are not silent: the T of autoscaling. */
  load(): Map<string, { queued: number; sent: number }> {
    const sum = new Map<string, { queued: number; sent: number }>();
    const heardSinceMs = this.#options.context.now() - silentAfterMs;
    for (const session of this.#sessions.values()) {
      if (session.loadAtMs < heardSinceMs) continue;
      for (const { poolId, queued, sent } of session.load) {
        const known = sum.get(poolId) ?? { queued: 0, sent: 0 };
        sum.set(poolId, { queued: known.queued + queued, sent: known.sent + sent });
      }
    }
    return sum;
  }

  /** Changed slices and applications that are gone. */
  publish(slices: readonly RoutingSlice[], removed: readonly string[]): void {
    if (this.#options.coverage() === "none") return;
    for (const session of this.#sessions.values()) this.#send(session, slices, removed, false);
  }

  /** All that is known, to all: when more became known than single changes tell. */
  publishAll(): void {
    for (const session of this.#sessions.values()) this.#sendAll(session);
  }

  receive(link: Link<ControllerToGateway>, message: GatewayMessage): void {
    if (message.type === "hello") return this.#open(link, message);
    const session = this.#of(link);
    if (session === undefined) return link.close("the first message must be hello");
    switch (message.type) {
      case "load":
        session.load = message.pools;
        session.loadAtMs = this.#options.context.now();
        return;
      case "windows":
        return this.#options.onWindows(message.report, (windowStartMs) => {
          const { epoch } = this.#options.context;
          link.send({ type: "windows_ack", epoch, reporter: message.report.reporter, windowStartMs });
        });
      case "applied":
        return this.#noteApplied(session, message.slices);
      case "certify":
        return void this.#certify(session, message);
      case "node_reach":
        return this.#noteReach(session, message.nodes);
      default:
        return message satisfies never;
    }
  }

  /** The close of a link that its gateway has replaced already says nothing about the gateway. */
  onClose(link: Link<ControllerToGateway>, isGoodbye = false): void {
    const session = this.#of(link);
    if (session === undefined) return;
    this.#sessions.delete(session.gatewayId);
    // One that stops serves nobody any more. Any other may serve on.
    const { gatewayId: id, name, applied } = session;
    let lostAtMs: number | null = null;
    if (isGoodbye) this.#awaited.settle(id);
    else lostAtMs = this.#awaited.lose(id, { name, applied, lostAtMs: this.#options.context.now() });
    this.#write(id, (store) => store.markGatewaysDisconnected([{ id, lostAtMs }]));
    this.#options.onChange("all");
    this.#options.onReach();
  }

  /** Nothing is written any more. */
  async end(): Promise<void> {
    this.#sessions.clear();
    await this.#writes.stop();
  }

  #open(link: Link<ControllerToGateway>, hello: Of<"hello">): void {
    const { context, projectId, onChange, onReach, issue } = this.#options;
    const { gatewayId, name, address, slices, machineId = null } = hello;
    const replaced = this.#sessions.get(gatewayId);
    if (replaced !== undefined && replaced.link !== link) replaced.link.close("the same gateway connected again");
    const applied = new Map(slices.map((version) => [version.application, version]));
    const session: Session = {
      gatewayId,
      name,
      link,
      applied,
      firstSentMs: new Map(),
      load: [],
      loadAtMs: 0,
      unwritten: new Map(),
      machineId,
      reach: new Map(),
    };
    if (this.#sessions.size === 0) this.#awaited.noteFirstLink(context.now());
    this.#sessions.set(gatewayId, session);
    this.#awaited.welcome(gatewayId);
    link.send({ type: "welcome", epoch: context.epoch, certifies: issue !== null });
    this.#sendAll(session);
    if (this.#options.nodesToTry().length > 0) this.#tellNodes(session);
    this.#write(gatewayId, (store) => store.saveGateway({ id: gatewayId, projectId, name, address, applied: slices }));
    onChange("all");
    onReach();
  }

  async #certify({ gatewayId, link }: Session, ask: Of<"certify">): Promise<void> {
    const { context, issue } = this.#options;
    const answer = await answerAsk(issue, peerNames.gateway(gatewayId), ask, context.logger);
    link.send({ type: "certified", epoch: context.epoch, ...answer });
  }

  #tellNodes({ link, machineId }: Session): void {
    if (machineId === null) return;
    link.send({ type: "try_nodes", epoch: this.#options.context.epoch, nodes: [...this.#options.nodesToTry()] });
  }

  #noteReach(session: Session, nodes: readonly NodeReach[]): void {
    session.reach = new Map(nodes.map(({ nodeId, error }) => [nodeId, error]));
    this.#options.onReach();
  }

  #noteApplied(session: Session, slices: readonly SliceVersion[]): void {
    if (slices.length === 0) return;
    for (const version of slices) session.applied.set(version.application, version);
    this.#awaited.settle(session.gatewayId);
    const isWaiting = session.unwritten.size > 0;
    for (const version of slices) session.unwritten.set(version.application, version);
    if (!isWaiting) this.#options.context.after(writeAppliedAfterMs, () => this.#writeApplied(session));
    this.#options.onChange(slices.map((version) => version.application));
  }

  #writeApplied(session: Session): void {
    const applied = [...session.unwritten.values()];
    session.unwritten = new Map();
    if (this.#sessions.get(session.gatewayId) !== session) return;
    this.#write(session.gatewayId, (store) => store.saveGatewayApplied(session.gatewayId, applied));
  }

  #sendAll(session: Session): void {
    const coverage = this.#options.coverage();
    const slices = this.#options.allSlices();
    if (coverage === "full") this.#send(session, slices, [], true);
    // A gateway without any slice yet must not take "nothing known" for "no routes".
    else if (coverage === "partial" && slices.length > 0) this.#send(session, slices, [], false);
  }

  #send(
    { link, firstSentMs }: Session,
    slices: readonly RoutingSlice[],
    removed: readonly string[],
    full: boolean,
  ): void {
    const { epoch, now } = this.#options.context;
    for (const { application } of slices) if (!firstSentMs.has(application)) firstSentMs.set(application, now());
    link.send({ type: "slices", epoch, full, slices: [...slices], removed: [...removed] });
  }

  #write(gatewayId: string, work: (store: LeaderParts["store"]) => Promise<void>): void {
    void this.#writes.run(gatewayId, () => work(this.#options.context.store));
  }

  #of(link: Link<ControllerToGateway>): Session | undefined {
    return [...this.#sessions.values()].find((session) => session.link === link);
  }
}

function versionsOf(applied: Gateway["applied"]): Map<string, SliceVersion> {
  return new Map(Object.entries(applied).map(([application, version]) => [application, { application, ...version }]));
}
