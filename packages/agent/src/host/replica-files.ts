import { readFileSync } from "node:fs";
import { mkdir, readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Assignment, HostLaunch, memberName, ReplicaObservation } from "@sluice/contracts";
import { z } from "zod";
import { readJsonFile } from "../read-json-file.ts";
import { writeFileAtomically, writeFileAtomicallySync } from "../write-file-atomically.ts";
import { measureDir } from "../sweep/measure-dir.ts";
import { planSweep } from "../sweep/plan-sweep.ts";
import type { Leftover, SweepLimits, SweepStep } from "../sweep/plan-sweep.ts";
import type { ProcessName } from "./process-facts.ts";

const HostFile = z.object({ pid: z.int(), startTicks: z.number() });

/** One member of a replica, as an earlier life of the agent left it. */
export interface SavedReplica {
  readonly member: string;
  readonly assignment: Assignment | undefined;
  readonly host: ProcessName | undefined;
  readonly observation: ReplicaObservation | undefined;
}

/**
 * `<agentDir>/replicas/<member>/`: assignment.json (written before the start), host.json (pid and start time, right after it),
 * observed.json (the last observation), logs/. Together they let a restarted agent take over without asking anybody.
 */
export class ReplicaFiles {
  readonly #dir: string;

  constructor(agentDir: string) {
    this.#dir = join(agentDir, "replicas");
  }

  assignmentPath(member: string): string {
    return join(this.#dir, member, "assignment.json");
  }

  stdoutPath(member: string): string {
    return join(this.#dir, member, "logs", "stdout.log");
  }

  stderrPath(member: string): string {
    return join(this.#dir, member, "logs", "stderr.log");
  }

  /** How much of both had been written when, see `LogPoint`. */
  pointsPath(member: string): string {
    return join(this.#dir, member, "logs", "points");
  }

  async create(member: string): Promise<void> {
    await mkdir(join(this.#dir, member, "logs"), { recursive: true, mode: 0o700 });
  }

  async saveLaunch(launch: HostLaunch): Promise<void> {
    await writeFileAtomically(this.assignmentPath(memberName(launch)), `${JSON.stringify(launch, null, 2)}\n`);
  }

  /** The running process has other settings now. Synchronous, so that changes reach the disk in their order. */
  updateLaunch(assignment: Assignment): void {
    const path = this.assignmentPath(memberName(assignment));
    const { bundleDir, runDir, nodeId, nodeName, dataAddress, dataListenAddress } = HostLaunch.parse(
      JSON.parse(readFileSync(path, "utf8")),
    );
    const place = {
      bundleDir,
      runDir,
      nodeId,
      nodeName,
      ...(dataAddress === undefined ? {} : { dataAddress }),
      ...(dataListenAddress === undefined ? {} : { dataListenAddress }),
    };
    const launch: HostLaunch = { ...assignment, ...place };
    writeFileAtomicallySync(path, `${JSON.stringify(launch, null, 2)}\n`);
  }

  /** Synchronous: between a start and this file there must be no moment at which the agent could be stopped. */
  saveHost(member: string, host: ProcessName): void {
    writeFileAtomicallySync(join(this.#dir, member, "host.json"), `${JSON.stringify(host)}\n`);
  }

  /** Synchronous, so that observations reach the disk in the order they were made. */
  saveObservation(observation: ReplicaObservation): void {
    writeFileAtomicallySync(
      join(this.#dir, memberName(observation), "observed.json"),
      `${JSON.stringify(observation)}\n`,
    );
  }

  async load(): Promise<SavedReplica[]> {
    const names = await readdir(this.#dir).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw error;
    });
    return Promise.all(names.map((member) => this.#loadOne(member)));
  }

  /** Nothing acts on this replica any more; only its logs stay. */
  async retire(member: string): Promise<void> {
    for (const name of ["assignment.json", "assignment.child.json", "host.json", "observed.json"]) {
      await rm(join(this.#dir, member, name), { force: true });
    }
  }

  /** Removes the logs of replicas that ended long ago, or that there is no room for. */
  async sweepLogs(limits: SweepLimits, nowMs: number): Promise<SweepStep[]> {
    const retired: Leftover[] = [];
    for (const { member, observation, assignment } of await this.load()) {
      if (observation !== undefined || assignment !== undefined) continue;
      const dir = join(this.#dir, member);
      // Its last change was that it retired.
      const facts = await stat(dir).catch(() => null);
      if (facts !== null) retired.push({ name: member, bytes: await measureDir(dir), lastUsedMs: facts.mtimeMs });
    }
    const steps = planSweep(retired, 0, limits, nowMs);
    for (const { name } of steps) await rm(join(this.#dir, name), { recursive: true, force: true });
    return steps;
  }

  async #loadOne(member: string): Promise<SavedReplica> {
    const dir = join(this.#dir, member);
    const [assignment, host, observation] = await Promise.all([
      readJsonFile(join(dir, "assignment.json"), Assignment),
      readJsonFile(join(dir, "host.json"), HostFile),
      readJsonFile(join(dir, "observed.json"), ReplicaObservation),
    ]);
    return { member, assignment, host, observation };
  }
}
