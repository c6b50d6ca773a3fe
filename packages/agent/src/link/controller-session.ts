import { AgentMessage, controllerPaths, ControllerToAgent, linkProtocol } from "@sluice/contracts";
import type {
  DescribeRequest,
  DescribeResult,
  NodeFacts,
  NodeUsage,
  HandleLoad,
  ReplicaObservation,
  RoutingSlice,
  WindowReport,
  WireAddress,
} from "@sluice/contracts";
import { LinkClient } from "@sluice/observability";
import type { ControllerAddress, LinkCounters, Logger } from "@sluice/observability";
import { CertificateAsks } from "@sluice/wire";
import type { Certified } from "@sluice/wire";
import { LogAnswers } from "./log-answers.ts";
import type { LogAnswersPorts } from "./log-answers.ts";
import type { AssignmentSet } from "./saved-assignments.ts";

export interface ControllerSessionOptions {
  readonly address: ControllerAddress;
  readonly onControllers: (urls: readonly string[]) => void;
  readonly secret: string;
  readonly initialEpoch: number;
  readonly facts: NodeFacts;
  readonly logger: Logger;
  readonly measureUsage: () => Promise<NodeUsage>;
  readonly observations: () => ReplicaObservation[];
  readonly onAssignments: (set: AssignmentSet) => void;
  readonly onSlices: (slices: RoutingSlice[]) => void;
  readonly onWindowsAcknowledged: (reporter: string, windowStartMs: number[]) => void;
  readonly describe: (request: DescribeRequest) => Promise<DescribeResult>;
  /** What the replicas here count themselves, in Prometheus' format. */
  readonly readMetrics: () => Promise<string>;
  readonly readLogs: LogAnswersPorts["read"];
  /** The controller issues certificates. */
  readonly onCertifier: () => void;
  /** Where this node listens for other machines; null = nowhere. */
  readonly dataListener: () => WireAddress | null;
}

const defaultHeartbeatMs = 2_000;
/** Every so many heartbeats all replicas are reported again: the truth, should a change have been lost. */
const fullReportHeartbeats = 5;

/** The agent's side of the control link: says hello with all it knows, reports, and hands on what the controller decides. */
export class ControllerSession {
  readonly #options: ControllerSessionOptions;
  readonly #link: LinkClient<AgentMessage, ControllerToAgent>;
  readonly #logs: LogAnswers;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #asks = new CertificateAsks();
  #isCertifier = false;
  #heartbeats = 0;

  constructor(options: ControllerSessionOptions) {
    this.#options = options;
    this.#link = new LinkClient({
      url: () => `${options.address.current}${controllerPaths.agent}`,
      onStandby: (leader) => options.address.follow(leader),
      onDown: () => options.address.failed(),
      secret: options.secret,
      outgoing: AgentMessage,
      incoming: ControllerToAgent,
      logger: options.logger,
      initialEpoch: options.initialEpoch,
      onOpen: () => {
        this.#link.send({
          type: "hello",
          protocol: linkProtocol,
          node: options.facts,
          replicas: options.observations(),
          followsControllers: true,
        });
        this.#beat();
        this.#startHeartbeat(defaultHeartbeatMs);
      },
      onMessage: (message) => this.#receive(message),
      onClose: () => {
        clearInterval(this.#heartbeat);
        this.#logs.stopAll();
        this.#isCertifier = false;
      },
    });
    this.#logs = new LogAnswers({
      logger: options.logger,
      read: options.readLogs,
      send: (chunk) => this.#link.isOpen && this.#link.send(chunk),
      bufferedBytes: () => this.#link.bufferedBytes,
    });
  }

  get counters(): Readonly<LinkCounters> {
    return this.#link.counters;
  }

  get isOpen(): boolean {
    return this.#link.isOpen;
  }

  start(): void {
    this.#link.start();
  }

  async close(): Promise<void> {
    clearInterval(this.#heartbeat);
    this.#logs.stopAll();
    await this.#link.close();
  }

  /** Changed replicas; lost without a link, which the next hello makes good. */
  reportObserved(replicas: readonly ReplicaObservation[]): void {
    if (replicas.length > 0 && this.#link.isOpen)
      this.#link.send({ type: "observed", full: false, replicas: [...replicas] });
  }

  /** Windows of a host; it sends them again until they are acknowledged. */
  reportWindows(report: WindowReport): void {
    if (this.#link.isOpen) this.#link.send({ type: "windows", report });
  }

  /** A gauge: lost without a link, the next one comes in half a second. */
  reportLoad(load: HandleLoad): void {
    if (this.#link.isOpen) this.#link.send({ type: "load", ...load });
  }

  /** Has a key certified: of this node, or of a host on it by its member's name. Rejects with the reason. */
  certify(member: string | null, publicKey: string): Promise<Certified> {
    return this.#asks.ask(
      publicKey,
      (ask) => this.#isCertifier && this.#link.send({ type: "certify", member, ...ask }),
    );
  }

  reportDataListener(): void {
    const address = this.#options.dataListener();
    if (address !== null && this.#isCertifier) this.#link.send({ type: "data_listener", address });
  }

  #receive(message: ControllerToAgent): void {
    const { logger, onAssignments, onSlices, onWindowsAcknowledged } = this.#options;
    switch (message.type) {
      case "welcome":
        return this.#welcome(message.heartbeatIntervalMs, message.certifies === true);
      case "refused":
        // The link tells it when it is closed for that, once.
        return logger.debug({ reason: message.reason }, "the controller refuses this agent");
      case "controllers":
        return this.#options.onControllers(message.urls);
      case "assignments":
        return onAssignments({ epoch: message.epoch, version: message.version, assignments: message.assignments });
      case "slices":
        return onSlices(message.slices);
      case "windows_ack":
        return onWindowsAcknowledged(message.reporter, message.windowStartMs);
      case "describe":
        return void this.#answerDescribe(message.requestId, message.request);
      case "read_metrics":
        return void this.#answerMetrics(message.requestId);
      case "read_logs":
        return this.#logs.start(message);
      case "stop_logs":
        return this.#logs.stop(message.requestId);
      case "certified":
        return this.#asks.settle(message);
    }
  }

  #welcome(heartbeatIntervalMs: number, isCertifier: boolean): void {
    this.#startHeartbeat(heartbeatIntervalMs);
    // An earlier controller would cut the link at a message that it does not know.
    this.#isCertifier = isCertifier;
    if (!isCertifier) return;
    this.reportDataListener();
    this.#options.onCertifier();
  }

  /** Lost with the link: whoever scrapes asks again. */
  async #answerMetrics(requestId: string): Promise<void> {
    const text = await this.#options.readMetrics().catch((error: unknown) => {
      this.#options.logger.warn({ err: error }, "the metrics of the replicas could not be read");
      return "";
    });
    if (this.#link.isOpen) this.#link.send({ type: "metrics", requestId, text });
  }

  async #answerDescribe(requestId: string, request: DescribeRequest): Promise<void> {
    const result = await this.#options.describe(request);
    if (!this.#link.send({ type: "described", requestId, result })) {
      this.#options.logger.warn({ requestId }, "a description was lost with the link; the controller asks again");
    }
  }

  #startHeartbeat(intervalMs: number): void {
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(), intervalMs);
  }

  #beat(): void {
    this.#options.measureUsage().then(
      (usage) => {
        if (!this.#link.isOpen) return;
        this.#link.send({ type: "heartbeat", usage });
        this.#heartbeats += 1;
        if (this.#heartbeats % fullReportHeartbeats === 0) {
          this.#link.send({ type: "observed", full: true, replicas: this.#options.observations() });
        }
      },
      (err: unknown) => this.#options.logger.warn({ err }, "usage of the node could not be measured"),
    );
  }
}
