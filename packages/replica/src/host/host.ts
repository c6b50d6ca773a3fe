import { randomUUID } from "node:crypto";
import path from "node:path";
import { isClusterPeer, memberName } from "@sluice/contracts";
import type { AgentToHost, HostLaunch, HostMessage, PoolLoad } from "@sluice/contracts";
import { WindowReporter } from "@sluice/observability";
import type { Logger } from "@sluice/observability";
import { LoadReports } from "@sluice/router";
import { unloadModels } from "@sluice/sdk/host";
import type { WireTls } from "@sluice/wire";
import { ReplicaInsight } from "../batch/replica-insight.ts";
import { HandleCaller } from "../handles/handle-caller.ts";
import { makeHandleProxy } from "../handles/handle-proxy.ts";
import { loadNodeRuntime } from "../node/node-runtime.ts";
import { loadProcessRuntime } from "../process/process-runtime.ts";
import { loadOnnxRuntime } from "../onnx/onnx-runtime.ts";
import type { Runtime } from "../runtime.ts";
import { ReplicaServer } from "../serve/serve-replica.ts";
import { AgentLink } from "./agent-link.ts";
import { collectGarbage } from "./collect-garbage.ts";
import { HostCertificate } from "./host-certificate.ts";
import { advertisedAddress, listenPlan } from "./listen-plan.ts";
import { LiveConfig } from "./live-config.ts";
import { readStartTicks } from "./start-ticks.ts";
import { UserHooks } from "./user-hooks.ts";
import { within } from "./within.ts";

export interface HostOptions {
  /** Changed in place by the agent's `reconfigure`. */
  readonly launch: HostLaunch;
  /** Path of the file that `launch` came from. */
  readonly launchFile: string;
  readonly logger: Logger;
  /** The deployment says anew how to log. */
  readonly followLogging: (logging: HostLaunch["logging"]) => void;
  readonly orphanTimeoutS: number;
  /** Environment of this process. */
  readonly env: Readonly<NodeJS.ProcessEnv>;
  /** Ends the process. */
  readonly exit: (code: number) => void;
}

type Stage = "starting" | "loading" | "ready" | "draining";

/** How often windows go to the agent and the orphan limit is looked at. */
const tickMs = 1_000;
/** The gauge stream of autoscaling, as gateways send it; a call that waits where nothing runs is told at the next look. */
const loadTiming = { everyMs: 500, lookEveryMs: 50 };
/** A failure is told to the agent before the process ends, if one answers in time. */
const failureNoticeMs = 2_000;
/** After `ready`, by when the start's last work is done. */
const settleMs = 1_000;
const certificateRetryMs = 1_000;
/** How long requests get to be answered after what they ran in has died. */
const lastAnswersMs = 1_000;

const loadingMessages: Readonly<Record<HostLaunch["runtime"], string>> = {
  node: "running the constructor",
  onnx: "loading the model",
  process: "starting the program",
};

/** The life of one replica member: starting -> loading -> ready -> draining -> exit 0, or failed -> exit 1. */
export class Host {
  readonly #options: HostOptions;
  readonly #link: AgentLink;
  readonly #handles: HandleCaller;
  readonly #certificate: HostCertificate;
  readonly #reporter: WindowReporter;
  readonly #incarnation = randomUUID();
  readonly #startTicks = readStartTicks();
  #stage: Stage = "starting";
  #runtime: Runtime | undefined;
  #server: ReplicaServer | undefined;
  readonly #hooks: UserHooks;
  readonly #config: LiveConfig;
  readonly #insight: ReplicaInsight;
  #tick: NodeJS.Timeout | undefined;
  #loads: LoadReports | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    const { launch, logger } = options;
    this.#reporter = new WindowReporter({ reporter: memberName(launch), incarnation: this.#incarnation });
    this.#certificate = new HostCertificate({
      send: (message) => this.#link.send(message),
      logger,
      onRenewed: (own) => this.#server?.renewTls(own),
    });
    this.#handles = new HandleCaller(launch, (backend) => this.#certificate.tlsTo(backend));
    this.#hooks = new UserHooks(() => launch.healthCheckTimeoutS * 1_000, logger);
    this.#config = new LiveConfig({
      launch,
      hooks: this.#hooks,
      onLimits: () => this.#applyLimits(),
      tell: (message) => void this.#link.send(message),
      onRefused: (error) => void this.#giveUp(error, launch.gracefulShutdownTimeoutS * 1_000),
    });
    this.#insight = new ReplicaInsight({ launch, logger, maxOngoingRequests: () => launch.maxOngoingRequests });
    this.#link = new AgentLink({
      socketPath: path.join(launch.runDir, "agent.sock"),
      logger,
      hello: () => this.#hello(),
      onMessage: (message) => this.#onMessage(message),
    });
  }

  /** Loads and serves. Settles once ready or failed; the host then lives on its events. */
  async run(): Promise<void> {
    const { launch } = this.#options;
    this.#link.start();
    this.#tick = setInterval(() => this.#onTick(), tickMs);
    this.#loads = new LoadReports({
      pools: this.#handles,
      send: (pools) => this.#sendLoad(pools),
      now: () => performance.now(),
      ...loadTiming,
    });
    this.#enter("loading", loadingMessages[launch.runtime]);
    this.#insight.start();
    try {
      const runtime = await this.#load();
      this.#runtime = runtime;
      await this.#hooks.start(runtime);
      // Requests go to rank 0 alone.
      if (launch.rank === 0) await this.#serve(runtime);
      this.#config.start();
      if (this.#stage === "loading") this.#enter("ready", "");
      setTimeout(() => this.#settle(), settleMs).unref();
      void runtime.failed?.then((error) => this.#giveUp(error, lastAnswersMs));
    } catch (error) {
      // A drain ends what was loading; that is no failure.
      if (this.#stage === "loading") await this.fail(error);
    }
  }

  async #serve(runtime: Runtime): Promise<void> {
    const { launch, logger } = this.#options;
    const address = listenPlan(launch);
    const tls = address.kind === "tls" ? await this.#firstTls() : undefined;
    const options = { launch, address, runtime, reporter: this.#reporter, logger };
    this.#server = await ReplicaServer.start(tls === undefined ? options : { ...options, tls });
    this.#server.capacity.setMax(launch.maxOngoingRequests);
    this.#insight.announceTo((modelIds) => this.#server?.announceModels(modelIds));
  }

  /** Without a controller there is none: then the replica waits, as it would for its bundle. */
  async #firstTls(): Promise<WireTls> {
    for (;;) {
      try {
        return await this.#certificate.own.tls(({ names }) => isClusterPeer(names));
      } catch (error) {
        if (this.#stage !== "loading") throw error;
        const reason = error instanceof Error ? error.message : String(error);
        this.#enter("loading", `waiting for its certificate: ${reason}`);
        await new Promise((resolve) => setTimeout(resolve, certificateRetryMs));
      }
    }
  }

  /** Work that came at once has its own collections; a pause would only delay it. */
  #settle(): void {
    if (this.#stage === "ready" && this.#server?.capacity.ongoing === 0) collectGarbage();
  }

  /** Gives no new work, lets running requests finish, disposes, ends the process. A second call changes nothing. */
  async drain(reason: string, timeoutS = this.#options.launch.gracefulShutdownTimeoutS): Promise<void> {
    if (this.#stage === "draining") return;
    const { logger, launch, exit } = this.#options;
    this.#enter("draining", reason);
    logger.info({ reason }, "draining");
    const progress = setInterval(
      () => logger.info({ ongoing: this.#server?.capacity.ongoing }, "still draining"),
      Math.max(0.1, launch.gracefulShutdownWaitLoopS) * 1_000,
    );
    const isIdle = (await this.#server?.drain(timeoutS * 1_000)) ?? true;
    clearInterval(progress);
    if (!isIdle) logger.warn({ ongoing: this.#server?.capacity.ongoing, timeoutS }, "requests did not finish in time");
    await this.#dispose();
    this.#sendWindows();
    await this.#stopLinks();
    exit(0);
  }

  /** Tells the agent why this replica cannot go on, then ends the process. */
  async fail(error: unknown): Promise<void> {
    const { exit, launch } = this.#options;
    const message = error instanceof Error ? error.message : String(error);
    const stack = error instanceof Error ? error.stack : undefined;
    // In plain words, not JSON: the last line of this file is what people are shown first.
    const what = this.#stage === "ready" ? "the replica failed" : "the replica could not start";
    const isProgram = launch.runtime === "process";
    // Of a program the message says all; the stack is the host's own.
    process.stderr.write(`${what}:\n${isProgram ? message : (stack ?? message)}\n`);
    const notice: HostMessage = { type: "failed", message, ...(stack === undefined ? {} : { stack }) };
    const deadlineMs = performance.now() + failureNoticeMs;
    while (!this.#link.send(notice) && performance.now() < deadlineMs)
      await new Promise((resolve) => setTimeout(resolve, 50));
    await this.#stopLinks();
    exit(1);
  }

  /** The replica cannot go on: new requests go elsewhere, those it had get their answer, then the process ends. */
  async #giveUp(error: Error, graceMs: number): Promise<void> {
    if (this.#stage !== "ready") return;
    await this.#server?.drain(graceMs);
    if (this.#stage === "ready") await this.fail(error);
  }

  async #load(): Promise<Runtime> {
    const { launch, launchFile, logger, env } = this.#options;
    if (launch.runtime === "process") {
      const onProgress = (message: string): void => {
        if (this.#stage === "loading") this.#enter("loading", message);
      };
      return loadProcessRuntime({ launch, launchFile, logger, hostEnv: env, onProgress });
    }
    if (launch.runtime === "onnx") return loadOnnxRuntime(launch);
    return loadNodeRuntime(launch, (deployment, streamMethods) => {
      this.#handles.addOutbound(deployment);
      return makeHandleProxy(deployment, (target, args) => this.#handles.call(target, args), streamMethods);
    });
  }

  #hello(): HostMessage {
    return {
      type: "hello",
      replicaId: this.#options.launch.replicaId,
      rank: this.#options.launch.rank,
      configVersion: this.#config.version,
      pid: process.pid,
      startTicks: this.#startTicks,
      stage: this.#stage,
      address: advertisedAddress(this.#options.launch, this.#server?.address),
    };
  }

  #enter(stage: Exclude<Stage, "starting">, message: string): void {
    this.#stage = stage;
    this.#link.send({
      type: "stage",
      stage,
      message,
      address: advertisedAddress(this.#options.launch, this.#server?.address),
    });
  }

  #onMessage(message: AgentToHost): void {
    switch (message.type) {
      case "probe":
        return void this.#answerProbe(message.probeId);
      case "slices":
        return this.#handles.updateSlices(message.slices);
      case "drain":
        return void this.drain("asked to drain", message.timeoutS);
      case "reconfigure":
        return this.#config.apply(message);
      case "certified":
        return this.#certificate.settle(message);
      case "windows_ack":
        return this.#reporter.acknowledge(message.windowStartMs);
    }
  }

  async #answerProbe(probeId: number): Promise<void> {
    const ongoing = this.#server?.capacity.ongoing ?? 0;
    try {
      await this.#hooks.check();
      this.#link.send({ type: "health", probeId, ok: true, message: "", ongoing });
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      this.#link.send({ type: "health", probeId, ok: false, message: text, ongoing });
    }
  }

  #applyLimits(): void {
    const { launch, followLogging } = this.#options;
    followLogging(launch.logging);
    this.#server?.capacity.setMax(launch.maxOngoingRequests);
    this.#insight.checkLimits();
  }

  #onTick(): void {
    this.#sendWindows();
    const limitS = this.#options.orphanTimeoutS;
    if (this.#link.aloneMs > limitS * 1_000) {
      void this.drain(`no agent for ${limitS} s`);
    }
  }

  /** What waits in this replica for other deployments, and runs in them on its behalf, as gateways tell it. */
  #sendLoad(pools: PoolLoad[]): boolean {
    if (pools.length === 0) return true;
    if (this.#link.isConnected) this.#link.send({ type: "load", at: Date.now(), pools });
    return this.#link.isConnected;
  }

  #sendWindows(): void {
    if (!this.#link.isConnected) return;
    const { windows } = this.#reporter.report();
    if (windows.length > 0) this.#link.send({ type: "windows", incarnation: this.#incarnation, windows });
  }

  async #dispose(): Promise<void> {
    const { logger, launch } = this.#options;
    try {
      const disposing = (this.#runtime?.dispose() ?? Promise.resolve()).finally(unloadModels);
      await within(disposing, launch.gracefulShutdownTimeoutS * 1_000, "dispose() took too long");
    } catch (error) {
      logger.error({ err: error }, "dispose failed");
    }
  }

  async #stopLinks(): Promise<void> {
    clearInterval(this.#tick);
    this.#loads?.stop();
    this.#certificate.own.close();
    await this.#insight.close();
    await this.#handles.close();
    await this.#link.close();
  }
}
