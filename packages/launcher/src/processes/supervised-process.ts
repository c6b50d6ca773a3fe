import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { LaunchError } from "../../bin/fail.mjs";
import { decideRestart } from "./decide-restart.ts";
import type { RestartHistory } from "./decide-restart.ts";
import { renderLine } from "./log-line.ts";

export interface ProcessSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** After SIGTERM it has this long before SIGKILL. */
  readonly stopTimeoutMs: number;
  /** True once the process does its work. Asked again and again while starting; must not throw. */
  readonly isHealthy: () => Promise<boolean>;
}

export interface ProcessEvents {
  readonly print: (line: string) => void;
  /** A process id was gained or lost: the launch record must be written again. */
  readonly onPidChange: () => void;
}

const HEALTH_INTERVAL_MS = 50;
const KILL_WAIT_MS = 3_000;
const OUTPUT_GRACE_MS = 500;

/** One process of ours: started, watched, started again when it crashes, stopped when told. Owns the child and its timer. */
export class SupervisedProcess {
  readonly name: string;
  readonly #spec: ProcessSpec;
  readonly #events: ProcessEvents;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #restartTimer: NodeJS.Timeout | undefined;
  #history: RestartHistory = { failuresInARow: 0 };
  #isStopping = false;
  #wasHealthy = false;
  #lastLine = "";

  constructor(spec: ProcessSpec, events: ProcessEvents) {
    this.name = spec.name;
    this.#spec = spec;
    this.#events = events;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Starts it and resolves once healthy. A process that ends before it ever was is not started again. */
  async start(timeoutMs: number): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    this.#spawn();
    while (!(await this.#spec.isHealthy())) {
      if (this.#isStopping) throw new LaunchError(`stopped while ${this.name} was starting.`);
      if (this.#child === undefined) throw new LaunchError(`${this.name} ended before it was ready: ${this.#lastLine}`);
      if (Date.now() > deadline) {
        throw new LaunchError(`${this.name} was not ready within ${timeoutMs / 1000} s: ${this.#lastLine}`);
      }
      await new Promise((resolve) => setTimeout(resolve, HEALTH_INTERVAL_MS));
    }
    this.#wasHealthy = true;
  }

  /** SIGTERM, then SIGKILL after its time; resolves when it has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    if (this.#child === undefined) return;
    this.#signal("SIGTERM");
    if (await endsWithin(this.#ended, this.#spec.stopTimeoutMs)) return;
    this.#events.print(renderLine(this.name, `did not stop within ${this.#spec.stopTimeoutMs / 1000} s: killed`));
    await this.kill();
  }

  /** Ends it at once, with everything in its process group. */
  async kill(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#restartTimer);
    this.#signal("SIGKILL");
    await endsWithin(this.#ended, KILL_WAIT_MS);
  }

  #spawn(): void {
    const startedAt = Date.now();
    const child = spawn(this.#spec.command, this.#spec.args, {
      cwd: this.#spec.cwd,
      env: this.#spec.env,
      // A group of its own: Ctrl-C in the terminal reaches the launcher alone, which stops all in order.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr])
      createInterface({ input: stream }).on("line", (line) => this.#onLine(line));
    this.#ended = new Promise((resolve) => {
      const onEnd = (how: string): void => {
        if (this.#child !== child) return;
        this.#child = undefined;
        this.#events.onPidChange();
        resolve();
        if (!this.#isStopping && this.#wasHealthy) this.#restart(how, Date.now() - startedAt);
      };
      const explain = (code: number | null, signal: NodeJS.Signals | null): string =>
        signal === null ? `with code ${code ?? "unknown"}` : `by ${signal}`;
      // "close" comes after the last line of output, so that the reason is known; a survivor of the process that still
      // holds its output must not keep us waiting for it.
      child.once("close", (code, signal) => onEnd(explain(code, signal)));
      child.once("exit", (code, signal) => setTimeout(() => onEnd(explain(code, signal)), OUTPUT_GRACE_MS).unref());
      child.once("error", (error) => {
        this.#lastLine = error.message;
        onEnd(error.message);
      });
    });
    this.#events.onPidChange();
  }

  #restart(how: string, ranForMs: number): void {
    const { delayMs, history } = decideRestart(this.#history, ranForMs);
    this.#history = history;
    this.#events.print(renderLine(this.name, `ended ${how}; starting it again in ${delayMs / 1000} s`));
    this.#restartTimer = setTimeout(() => this.#spawn(), delayMs);
  }

  #onLine(line: string): void {
    if (line.trim() === "") return;
    const rendered = renderLine(this.name, line);
    this.#lastLine = rendered.slice(rendered.indexOf("|") + 2);
    this.#events.print(rendered);
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#child?.pid;
    if (pid === undefined) return;
    try {
      // SIGTERM is for the process, which stops its own children in order; SIGKILL is for the whole group.
      process.kill(signal === "SIGKILL" ? -pid : pid, signal);
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
}

async function endsWithin(ended: Promise<void>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
