import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { findFamily, killFamily, readProcStat, signalFamily } from "@sluice/observability";
import type { ProcessFamily } from "@sluice/observability";
import type { ChildPlan } from "./plan-child.ts";
import { ErrorTail } from "./error-tail.ts";

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface StartOptions {
  readonly plan: ChildPlan;
  /** Absolute path of the program. */
  readonly program: string;
  /** See `findParentDeathLink`. */
  readonly parentDeathLink: readonly string[];
  /** Value of the family's mark. */
  readonly mark: string;
  /** Where its pid is written down for whoever cleans up after this host. */
  readonly childFile: string;
}

const familyPollMs = 50;

/**
 * The program of a `process` replica and all that it starts. Its standard output is the host's own, its standard error
 * passes through here, so that the reason of an end can cite it. Nothing of it outlives this process.
 */
export class ChildProgram {
  readonly exited: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #family: ProcessFamily;
  readonly #tail = new ErrorTail();
  readonly #onHostExit = (): void => void killFamily(this.#family);
  #end: ProgramEnd | undefined;

  private constructor(child: ChildProcess, family: ProcessFamily) {
    this.#child = child;
    this.#family = family;
    child.stderr?.on("data", (chunk: Buffer) => {
      this.#tail.push(chunk);
      process.stderr.write(chunk);
    });
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#end = { code, signal };
        resolve(this.#end);
      });
    });
    // Whatever ends this process short of SIGKILL: the program and all it started end first.
    process.once("exit", this.#onHostExit);
  }

  static async start({ plan, program, parentDeathLink, mark, childFile }: StartOptions): Promise<ChildProgram> {
    const [file = program, ...args] = [...parentDeathLink, program, ...plan.command.slice(1)];
    const child = spawn(file, args, {
      cwd: plan.workingDir,
      env: plan.env,
      // A session of its own, so that all of it can be signalled without this host.
      detached: true,
      stdio: ["ignore", "inherit", "pipe"],
    });
    await new Promise<void>((resolve, reject) => {
      child.once("spawn", resolve);
      child.once("error", (error) => reject(new Error(`${program} could not be started: ${error.message}`)));
    });
    const pid = child.pid ?? 0;
    const leader = { pid, startTicks: readProcStat(pid)?.startTicks ?? 0 };
    writeFileSync(childFile, `${JSON.stringify(leader)}\n`, { mode: 0o600 });
    return new ChildProgram(child, { mark, leader });
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** How it ended; undefined while it runs. */
  get end(): ProgramEnd | undefined {
    return this.#end;
  }

  /** Last lines of its standard error. */
  get lastErrors(): string {
    return this.#tail.text;
  }

  /** Pids of the program and all that it started. */
  members(): number[] {
    return findFamily(this.#family);
  }

  /** Asks all to end (SIGTERM), and ends with SIGKILL what is still there after `graceMs`. */
  async stop(graceMs: number): Promise<void> {
    const deadlineMs = performance.now() + graceMs;
    // Not the program alone: a shell in front of it would not pass the signal on.
    signalFamily(this.#family, "SIGTERM");
    await Promise.race([this.exited, sleep(graceMs)]);
    while (performance.now() < deadlineMs && this.members().length > 0) await sleep(familyPollMs);
    killFamily(this.#family);
    await this.exited;
    process.off("exit", this.#onHostExit);
  }

  /** Ends everything at once. */
  async kill(): Promise<void> {
    await this.stop(0);
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
