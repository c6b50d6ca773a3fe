import type { Assignment, HandleLoad, ReplicaObservation, RoutingSlice, WindowReport } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { HostConnection, HostHello, HostListener } from "../host/host-server.ts";
import type { ReplicaLogs } from "../logs/replica-logs.ts";
import type { MemoryCages } from "../memory/memory-cages.ts";
import type { ReplicaFiles } from "../host/replica-files.ts";
import { applyAction, memberOf } from "./apply-action.ts";
import type { ActionPorts } from "./apply-action.ts";
import { endReplica, unknownExit } from "./end-replica.ts";
import { HostLinks } from "./host-links.ts";
import type { HostLinkPorts } from "./host-links.ts";
import { ObservationReports } from "./observation-reports.ts";
import { noDrainCap, stopAllDrainCap } from "./plan-drain-message.ts";
import { planSupervision, supervisionLimits } from "./plan-supervision.ts";
import type { SupervisionLimits } from "./plan-supervision.ts";
import { recoverRecords } from "./recover-records.ts";
import { ReplicaProbes } from "./replica-probes.ts";
import { observeRecord } from "./replica-record.ts";
import type { ReplicaRecord } from "./replica-record.ts";
import { startReplica } from "./start-replica.ts";
import type { StartPorts } from "./start-replica.ts";
import { glanceAtMemory, isGone, measureProcess } from "./watch-process.ts";

export interface SupervisorOptions extends Pick<StartPorts, "bundles" | "launch"> {
  readonly files: ReplicaFiles;
  readonly cages: MemoryCages;
  readonly logs: Pick<ReplicaLogs, "tend" | "close">;
  readonly logger: Logger;
  readonly onObserved: (changed: readonly ReplicaObservation[]) => void;
  readonly onWindows: (report: WindowReport) => void;
  readonly onLoad: (load: HandleLoad) => void;
  readonly certify: HostLinkPorts["certify"];
  readonly limits?: Partial<SupervisionLimits>;
  readonly now?: () => number;
  readonly random?: () => number;
}

const tickMs = 200;
/** Every so many ticks: memory and log sizes. */
const slowTicks = 10;

/** Keeps the processes of this node as assigned: observes, asks the plan, applies it, one replica's error never touching another. */
export class Supervisor {
  readonly counters = { started: 0, failed: 0, adopted: 0 };
  readonly #options: SupervisorOptions;
  readonly #limits: SupervisionLimits;
  readonly #now: () => number;
  readonly #records = new Map<string, ReplicaRecord>();
  readonly #reports: ObservationReports;
  readonly #probes: ReplicaProbes;
  readonly #links: HostLinks;
  readonly #actions: ActionPorts;
  #assignments: readonly Assignment[] = [];
  #timer: NodeJS.Timeout | undefined;
  #ticks = 0;
  /** Until then no assignments are known, and nobody is drained for lack of one. */
  #isStarted = false;
  #isStoppingAll = false;
  #onAllStopped: (() => void) | null = null;

  constructor(options: SupervisorOptions) {
    const { now = Date.now, random = Math.random } = options;
    this.#options = options;
    this.#limits = { ...supervisionLimits, ...options.limits };
    this.#now = now;
    const reports = new ObservationReports({ ...options, now });
    const probes = new ReplicaProbes({ reports, now, random });
    const tick = (): void => this.#tick();
    const shared = { ...options, records: this.#records, reports, probes, now, counters: this.counters };
    const links = new HostLinks({
      ...shared,
      drainCap: () => this.#drainCap(),
      onLinkChanged: tick,
      onReconfigured: (record) => this.#onReconfigured(record),
    });
    const end: ActionPorts["end"] = (record, status) => endReplica(record, status, { ...shared, onEnded: tick });
    this.#reports = reports;
    this.#probes = probes;
    this.#links = links;
    this.#actions = { ...shared, links, end, start: (record) => startReplica(record, { ...shared, end }) };
  }

  /** Takes over what an earlier life left. Before any host may dial in: one that is not known yet would be a stray. */
  async recover(): Promise<void> {
    for (const record of await recoverRecords(this.#options.files, this.#options.cages, this.#now())) {
      this.#records.set(record.member, record);
      if (record.endedAtMs !== null) this.#reports.save(record.observation);
    }
    this.#contain("", () => this.#options.cages.sweep((member) => this.#records.has(member)));
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
    this.#reports.close();
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
    this.#links.setSlices(slices);
  }

  acknowledgeWindows(member: string, windowStartMs: number[]): void {
    this.#records.get(member)?.connection?.send({ type: "windows_ack", windowStartMs });
  }

  observations(): ReplicaObservation[] {
    return [...this.#records.values()].map(({ observation }) => observation);
  }

  /** Bundles of all that runs here or should. */
  bundlesInUse(): string[] {
    const running = [...this.#records.values()].filter(({ endedAtMs }) => endedAtMs === null);
    return [...running.map(({ assignment }) => assignment.bundle), ...this.#assignments.map(({ bundle }) => bundle)];
  }

  /** Whether this member has not ended yet. */
  isRunning(member: string): boolean {
    const record = this.#records.get(member);
    return record !== undefined && record.endedAtMs === null;
  }

  /** A host (re)dialled. One that has no business here is drained. */
  acceptHost(hello: HostHello, connection: HostConnection): HostListener {
    return this.#links.accept(hello, connection);
  }

  #tick(): void {
    if (!this.#isStarted) return;
    const nowMs = this.#now();
    this.#ticks += 1;
    const isSlow = this.#ticks % slowTicks === 0;
    for (const record of this.#records.values()) {
      this.#contain(record.member, () => this.#watch(record, nowMs, isSlow));
    }
    if (isSlow) this.#contain("", () => this.#options.cages.sweep());
    const maxDrainMs = this.#drainCap().timeoutS * 1000;
    const hosts = [...this.#records.values()].map((record) => observeRecord(record, maxDrainMs));
    const plan = planSupervision(this.#isStoppingAll ? [] : this.#assignments, hosts, nowMs, this.#limits);
    for (const action of plan) this.#contain(memberOf(action), () => applyAction(action, this.#actions, nowMs));
    if (this.#onAllStopped !== null && [...this.#records.values()].every(({ endedAtMs }) => endedAtMs !== null))
      this.#onAllStopped();
  }

  /** A restarted agent, too, has to know what this process runs with. */
  #onReconfigured(record: ReplicaRecord): void {
    this.#contain(record.member, () => this.#options.files.updateLaunch(record.assignment));
    this.#reports.save(record.observation);
  }

  #watch(record: ReplicaRecord, nowMs: number, isSlow: boolean): void {
    const { host, endedAtMs } = record;
    if (endedAtMs !== null || host === null) return;
    if (isGone(record, host, this.#options)) return this.#actions.end(record, unknownExit);
    if (isSlow) measureProcess(record, host, this.#options);
    else glanceAtMemory(record, host);
    this.#probes.probe(record, nowMs);
  }

  #drainCap() {
    return this.#isStoppingAll ? stopAllDrainCap : noDrainCap;
  }

  #contain(member: string, work: () => void): void {
    try {
      work();
    } catch (err) {
      this.#options.logger.error({ err, replicaId: member }, "a step of the supervision failed");
    }
  }
}
