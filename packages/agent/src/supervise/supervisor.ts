import { isSluiceError } from "@sluice/contracts";
import type { Assignment, ReplicaObservation, RoutingSlice, WindowReport } from "@sluice/contracts";
import { describeExit } from "@sluice/domain";
import type { ExitFact, ReplicaStage } from "@sluice/domain";
import type { Logger } from "@sluice/observability";
import type { BundleCache } from "../bundle/bundle-cache.ts";
import { readErrorLine } from "../host/error-line.ts";
import type { HostConnection, HostHello, HostListener } from "../host/host-server.ts";
import { rotateLog } from "../host/log-rotation.ts";
import { isProcessAlive, readRssBytes } from "../host/process-facts.ts";
import type { ProcessName } from "../host/process-facts.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import { signalGroup } from "../host/start-host.ts";
import { afterProbe, decideProbe, startHealth } from "./health.ts";
import type { ProbeSettings } from "./health.ts";
import { lightConfigOf, planSupervision, supervisionLimits } from "./plan-supervision.ts";
import type { SupervisionAction, SupervisionLimits } from "./plan-supervision.ts";
import { recoverRecords } from "./recover-records.ts";
import { createRecord, observeRecord } from "./replica-record.ts";
import type { ReplicaRecord } from "./replica-record.ts";

export interface SupervisorOptions {
  readonly files: ReplicaFiles;
  readonly bundles: Pick<BundleCache, "prepare">;
  /** Starts the process of a prepared replica. */
  readonly launch: (assignment: Assignment, bundleDir: string) => Promise<LaunchedHost>;
  readonly logger: Logger;
  readonly onObserved: (changed: readonly ReplicaObservation[]) => void;
  readonly onWindows: (report: WindowReport) => void;
  readonly limits?: Partial<SupervisionLimits>;
  readonly now?: () => number;
  readonly random?: () => number;
}

export interface LaunchedHost {
  readonly child: NonNullable<ReplicaRecord["child"]>;
  readonly host: ProcessName | null;
}

const tickMs = 200;
/** Every so many ticks: memory and log sizes. */
const slowTicks = 10;
/** When the whole agent stops, nobody sends requests any more. */
const stopAllDrain = { timeoutS: 10, waitLoopS: 0.2 };
const strayGraceMs = 30_000;

/** Keeps the processes of this node as assigned: observes, asks the plan, applies it, one replica's error never touching another. */
export class Supervisor {
  readonly counters = { started: 0, failed: 0, adopted: 0 };
  readonly #options: SupervisorOptions;
  readonly #limits: SupervisionLimits;
  readonly #records = new Map<string, ReplicaRecord>();
  readonly #slices = new Map<string, RoutingSlice>();
  readonly #changed = new Set<string>();
  #assignments: readonly Assignment[] = [];
  #timer: NodeJS.Timeout | undefined;
  #flushing: NodeJS.Immediate | undefined;
  #ticks = 0;
  #probeId = 0;
  /** Until then no assignments are known, and nobody is drained for lack of one. */
  #isStarted = false;
  #isStoppingAll = false;
  #onAllStopped: (() => void) | null = null;

  constructor(options: SupervisorOptions) {
    this.#options = options;
    this.#limits = { ...supervisionLimits, ...options.limits };
  }

  /** Takes over what an earlier life left. Before any host may dial in: one that is not known yet would be a stray. */
  async recover(): Promise<void> {
    for (const record of await recoverRecords(this.#options.files, this.#now())) {
      this.#records.set(record.assignment.replicaId, record);
      if (record.endedAtMs !== null) this.#save(record.observation);
    }
  }

  /** Begins to act on the assignments known by now. */
  start(assignments: readonly Assignment[]): void {
    this.#assignments = assignments;
    this.#isStarted = true;
    this.#timer ??= setInterval(() => this.#tick(), tickMs);
    this.#tick();
  }

  /** Ends the supervision; hosts go on. */
  close(): void {
    clearInterval(this.#timer);
    clearImmediate(this.#flushing);
  }

  /** Drains and stops every host of this node. */
  async stopAll(): Promise<void> {
    this.#isStoppingAll = true;
    await new Promise<void>((resolve) => {
      this.#onAllStopped = resolve;
      // Also when the agent is stopped before it began: what it found is drained all the same.
      this.start(this.#assignments);
    });
  }

  setAssignments(assignments: readonly Assignment[]): void {
    this.#assignments = assignments;
    this.#tick();
  }

  setSlices(slices: readonly RoutingSlice[]): void {
    for (const slice of slices) {
      this.#slices.set(slice.application, slice);
      for (const { assignment, connection } of this.#records.values()) {
        if (assignment.application === slice.application) connection?.send({ type: "slices", slices: [slice] });
      }
    }
  }

  acknowledgeWindows(replicaId: string, windowStartMs: number[]): void {
    this.#records.get(replicaId)?.connection?.send({ type: "windows_ack", windowStartMs });
  }

  observations(): ReplicaObservation[] {
    return [...this.#records.values()].map(({ observation }) => observation);
  }

  /** A host (re)dialled. Null = it has no business here. */
  acceptHost(hello: HostHello, connection: HostConnection): HostListener | null {
    const record = this.#records.get(hello.replicaId);
    const isOurs = record !== undefined && record.endedAtMs === null && record.host?.pid === hello.pid;
    if (!isOurs) {
      this.#dismissStray(hello, connection);
      return { onMessage: () => undefined, onClose: () => undefined };
    }
    record.connection?.close();
    record.connection = connection;
    // What was asked over the old link is not answered over the new one.
    record.health = { ...record.health, outstanding: null };
    const slice = this.#slices.get(record.assignment.application);
    if (slice !== undefined) connection.send({ type: "slices", slices: [slice] });
    if (record.drainSinceMs !== null) this.#sendDrain(record);
    this.#applyStage(record, hello.stage, "", hello.address);
    this.#tick();
    return {
      onMessage: (message) => {
        switch (message.type) {
          case "stage":
            return this.#applyStage(record, message.stage, message.message, message.address);
          case "failed":
            record.failedMessage = message.message;
            return this.#options.logger.warn(
              { replicaId: hello.replicaId, deployment: record.assignment.deployment, stack: message.stack },
              `replica failed: ${message.message}`,
            );
          case "health":
            return this.#applyHealth(record, message.probeId, message.ok, message.message, message.ongoing);
          case "windows":
            return this.#options.onWindows({
              reporter: hello.replicaId,
              incarnation: message.incarnation,
              windows: message.windows,
            });
        }
      },
      onClose: () => {
        if (record.connection !== connection) return;
        record.connection = null;
        // The end of an adopted process shows here first: it is nobody's child.
        this.#tick();
      },
    };
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  #tick(): void {
    if (!this.#isStarted) return;
    const nowMs = this.#now();
    this.#ticks += 1;
    const isSlow = this.#ticks % slowTicks === 0;
    for (const record of this.#records.values()) {
      if (record.endedAtMs !== null || record.host === null) continue;
      this.#contain(record, () => this.#watch(record, nowMs, isSlow));
    }
    const maxDrainMs = this.#isStoppingAll ? stopAllDrain.timeoutS * 1000 : Number.POSITIVE_INFINITY;
    const hosts = [...this.#records.values()].map((record) => observeRecord(record, maxDrainMs));
    const plan = planSupervision(this.#isStoppingAll ? [] : this.#assignments, hosts, nowMs, this.#limits);
    for (const action of plan) this.#apply(action, nowMs);
    if (this.#onAllStopped !== null && [...this.#records.values()].every(({ endedAtMs }) => endedAtMs !== null))
      this.#onAllStopped();
  }

  #watch(record: ReplicaRecord, nowMs: number, isSlow: boolean): void {
    const { host, assignment } = record;
    if (host === null) return;
    const { files } = this.#options;
    if (record.child === null && !isProcessAlive(host, files.assignmentPath(assignment.replicaId))) {
      return this.#end(record, null, null);
    }
    if (isSlow) {
      record.observation = { ...record.observation, rssBytes: readRssBytes(host.pid) };
      for (const path of [files.stdoutPath(assignment.replicaId), files.stderrPath(assignment.replicaId)]) {
        rotateLog(path).catch((err: unknown) => this.#options.logger.warn({ err, path }, "log not rotated"));
      }
    }
    this.#probe(record, nowMs);
  }

  #apply(action: SupervisionAction, nowMs: number): void {
    const replicaId = "assignment" in action ? action.assignment.replicaId : action.replicaId;
    const record = this.#records.get(replicaId);
    this.#options.logger.info(
      { replicaId, deployment: record?.assignment.deployment },
      `${action.kind}: ${action.reason}`,
    );
    if (action.kind === "start") return void this.#start(action.assignment, nowMs);
    if (record !== undefined) this.#contain(record, () => this.#applyTo(record, action, nowMs));
  }

  #applyTo(record: ReplicaRecord, action: Exclude<SupervisionAction, { kind: "start" }>, nowMs: number): void {
    switch (action.kind) {
      case "adopt":
        record.origin = "started";
        this.counters.adopted += 1;
        return this.#probe(record, nowMs);
      case "reconfigure": {
        const { userConfig, maxOngoingRequests } = action.assignment;
        record.assignment = action.assignment;
        record.lightConfig = lightConfigOf(action.assignment);
        record.connection?.send({
          type: "reconfigure",
          maxOngoingRequests,
          ...(userConfig === undefined ? {} : { userConfig }),
        });
        return;
      }
      case "drain":
        record.drainSinceMs = nowMs;
        if (action.via === "cancel") {
          record.ending = { outcome: "stopped", reason: action.reason };
          return this.#end(record, null, null);
        }
        this.#enter(record, "draining", action.reason);
        if (action.via === "message") this.#sendDrain(record);
        else if (record.host !== null) signalGroup(record.host.pid, "SIGTERM");
        return;
      case "kill":
        record.ending = { outcome: action.outcome, reason: action.reason };
        if (record.host !== null) signalGroup(record.host.pid, "SIGKILL");
        return;
      case "forget":
        this.#records.delete(action.replicaId);
        this.#options.files
          .retire(action.replicaId)
          .catch((err: unknown) =>
            this.#options.logger.warn({ err, replicaId: action.replicaId }, "files of an ended replica not removed"),
          );
        return;
    }
  }

  async #start(assignment: Assignment, nowMs: number): Promise<void> {
    const { files, bundles, launch } = this.#options;
    const record = createRecord(assignment, nowMs);
    this.#records.set(assignment.replicaId, record);
    this.#notify(record);
    try {
      await files.create(assignment.replicaId);
      this.#enter(record, "preparing", "");
      const bundleDir = await bundles.prepare(assignment, (message) => {
        if (record.observation.stage === "preparing") this.#enter(record, "preparing", message);
      });
      if (record.endedAtMs !== null) return;
      const { child, host } = await launch(assignment, bundleDir);
      this.counters.started += 1;
      record.child = child;
      record.host = host;
      record.spawnedAtMs = this.#now();
      record.observation = { ...record.observation, pid: host?.pid ?? null };
      child.once("exit", (code, signal) => this.#end(record, code, signal));
      child.once("error", (error) => {
        record.failedMessage = `The process could not be started: ${error.message}`;
        this.#end(record, null, null);
      });
      // Cancelled while the process was being started: the plan ended a record without a process.
      if (record.endedAtMs !== null && host !== null) signalGroup(host.pid, "SIGKILL");
      else this.#enter(record, "starting", "");
    } catch (error) {
      record.failedMessage = isSluiceError(error) ? error.publicMessage : String(error);
      this.#options.logger.warn({ err: error, replicaId: assignment.replicaId }, "replica not started");
      this.#end(record, null, null);
    }
  }

  #applyStage(record: ReplicaRecord, stage: HostHello["stage"], message: string, address: HostHello["address"]): void {
    if (record.endedAtMs !== null) return;
    if (address !== null) record.observation = { ...record.observation, address };
    if (stage === "ready") {
      record.claimsReady = true;
      // A host found again was ready already, and stays so without an interruption.
      if (record.observation.stage !== "ready") record.health = startHealth(this.#now());
      return this.#probe(record, this.#now());
    }
    record.claimsReady = false;
    if (stage === "draining") record.drainSinceMs ??= this.#now();
    if (record.drainSinceMs === null || stage === "draining") this.#enter(record, stage, message);
  }

  #probeSettings(record: ReplicaRecord): ProbeSettings {
    return {
      periodMs: record.assignment.healthCheckPeriodS * 1000,
      timeoutMs: record.assignment.healthCheckTimeoutS * 1000,
      isReady: record.observation.stage === "ready",
      random: (this.#options.random ?? Math.random)(),
    };
  }

  #probe(record: ReplicaRecord, nowMs: number): void {
    if (!record.claimsReady || record.drainSinceMs !== null || record.ending !== null || record.origin === "found")
      return;
    const settings = this.#probeSettings(record);
    const step = decideProbe(record.health, settings, nowMs);
    if (step === "wait") return;
    if (step === "time out") {
      record.health = afterProbe(
        record.health,
        false,
        `no answer within ${settings.timeoutMs / 1000} s`,
        settings,
        nowMs,
      );
    } else if (record.connection === null) {
      record.health = afterProbe(record.health, false, "no link to the process", settings, nowMs);
    } else {
      this.#probeId += 1;
      record.health = { ...record.health, outstanding: { probeId: this.#probeId, sentAtMs: nowMs } };
      record.connection.send({ type: "probe", probeId: this.#probeId });
    }
  }

  #applyHealth(record: ReplicaRecord, probeId: number, ok: boolean, message: string, ongoing: number): void {
    if (record.endedAtMs !== null) return;
    record.observation = { ...record.observation, ongoing };
    if (record.health.outstanding?.probeId !== probeId) return;
    if (ok && record.claimsReady && record.drainSinceMs === null && record.observation.stage !== "ready") {
      this.#enter(record, "ready", message);
    }
    record.health = afterProbe(record.health, ok, message, this.#probeSettings(record), this.#now());
  }

  #sendDrain({ assignment, connection }: ReplicaRecord): void {
    const { gracefulShutdownTimeoutS, gracefulShutdownWaitLoopS } = assignment;
    const cap = this.#isStoppingAll
      ? stopAllDrain
      : { timeoutS: Number.POSITIVE_INFINITY, waitLoopS: Number.POSITIVE_INFINITY };
    connection?.send({
      type: "drain",
      timeoutS: Math.min(gracefulShutdownTimeoutS, cap.timeoutS),
      waitLoopS: Math.min(gracefulShutdownWaitLoopS, cap.waitLoopS),
    });
  }

  /** The process is gone (or never came to be). Its stage follows from who wanted that. */
  #end(record: ReplicaRecord, code: number | null, signal: string | null): void {
    if (record.endedAtMs !== null) return;
    record.endedAtMs = this.#now();
    record.connection?.close();
    record.connection = null;
    const { replicaId, deployment } = record.assignment;
    // What the host started and left behind ends with it.
    if (record.host !== null) signalGroup(record.host.pid, "SIGKILL");
    void this.#describeEnd(record, code, signal).then(({ stage, message, exit }) => {
      record.observation = { ...record.observation, exit, address: null, pid: null, rssBytes: null, ongoing: 0 };
      this.#enter(record, stage, message);
      if (stage === "failed") this.counters.failed += 1;
      this.#options.logger[stage === "failed" ? "warn" : "info"](
        { replicaId, deployment },
        `replica ${stage}: ${message}`,
      );
      this.#tick();
    });
  }

  async #describeEnd(
    record: ReplicaRecord,
    code: number | null,
    signal: string | null,
  ): Promise<{ stage: "failed" | "stopped"; message: string; exit: ExitFact | null }> {
    const stage = record.ending?.outcome ?? (record.drainSinceMs === null ? "failed" : "stopped");
    if (record.host === null)
      return { stage, message: record.ending?.reason ?? record.failedMessage ?? "", exit: null };
    const lastErrorLine = await readErrorLine(this.#options.files.stderrPath(record.assignment.replicaId)).catch(
      () => null,
    );
    const exit: ExitFact = { code, signal, lastErrorLine: stage === "failed" ? lastErrorLine : null };
    const drained =
      code === 0 || (code === null && signal === null) ? "drained" : `${describeExit(exit)} while draining`;
    const message =
      record.ending?.reason ?? (stage === "stopped" ? drained : (record.failedMessage ?? describeExit(exit)));
    return { stage, message, exit };
  }

  #enter(record: ReplicaRecord, stage: ReplicaStage, message: string): void {
    const isNew = record.observation.stage !== stage;
    const stageTimes = isNew
      ? { ...record.observation.stageTimes, [stage]: this.#now() }
      : record.observation.stageTimes;
    record.observation = { ...record.observation, stage, stageTimes, message };
    if (isNew) this.#save(record.observation);
    this.#notify(record);
  }

  /** A full disk must not stop the supervision; it only costs the next life of the agent this memory. */
  #save(observation: ReplicaObservation): void {
    try {
      this.#options.files.saveObservation(observation);
    } catch (err) {
      this.#options.logger.error({ err, replicaId: observation.replicaId }, "observation not saved");
    }
  }

  /** Reports changes of one turn together. */
  #notify(record: ReplicaRecord): void {
    this.#changed.add(record.assignment.replicaId);
    this.#flushing ??= setImmediate(() => {
      this.#flushing = undefined;
      const changed = [...this.#changed].flatMap((replicaId) => this.#records.get(replicaId)?.observation ?? []);
      this.#changed.clear();
      this.#options.onObserved(changed);
    });
  }

  #contain(record: ReplicaRecord, work: () => void): void {
    try {
      work();
    } catch (err) {
      this.#options.logger.error({ err, replicaId: record.assignment.replicaId }, "a step of the supervision failed");
    }
  }

  /** A process that no record knows: it drains itself, or is ended after a grace. */
  #dismissStray(hello: HostHello, connection: HostConnection): void {
    this.#options.logger.warn(
      { replicaId: hello.replicaId, pid: hello.pid },
      "a process nobody assigned dialled in: draining it",
    );
    connection.send({ type: "drain", timeoutS: strayGraceMs / 1000 - 10, waitLoopS: 2 });
    setTimeout(() => {
      if (isProcessAlive(hello, hello.replicaId)) signalGroup(hello.pid, "SIGKILL");
    }, strayGraceMs).unref();
  }
}
