import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, renameSync, rmSync } from "node:fs";
import type { Socket } from "node:net";
import { join } from "node:path";
import { warmHostFlag, warmHostOrders } from "@sluice/contracts";
import type { WarmHostOrder } from "@sluice/contracts";
import type { Logger } from "@sluice/observability";
import type { ProcessName } from "./process-facts.ts";
import { signalGroup, startHost } from "./start-host.ts";

export interface WarmHostsOptions {
  /** How many wait at a time; 0 = none. */
  readonly count: number;
  readonly command: readonly string[];
  /** Where their output goes until they have a replica. */
  readonly dir: string;
  /** As long as the path of any launch file: the process can only change the name it shows within what it was given. */
  readonly launchFilePlaceholder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
  readonly restMs?: number;
}

export interface WarmHost {
  readonly child: ChildProcess;
  readonly host: ProcessName;
  /** Names its output as that of a replica; what it writes next still goes there. Before `order`. */
  moveOutput(to: { readonly stdoutPath: string; readonly stderrPath: string }): void;
  order(order: WarmHostOrder): void;
  /** It becomes nobody after all. */
  dismiss(): void;
}

/** After one that could not be started, or died by itself. */
const retryMs = 30_000;
/** A replica that was just started has the processor first. */
const restMs = 250;

/**
 * Host processes that have loaded everything but a replica. Starting Node and the host takes several times as long as all the
 * rest of a start, so the next replica takes the place of one that has that behind it. They hear of the agent's end by their
 * descriptor of orders and end too.
 */
export class WarmHosts {
  readonly #options: WarmHostsOptions;
  readonly #waiting: (WarmHost & { readonly name: string })[] = [];
  #timer: NodeJS.Timeout | undefined;
  #made = 0;
  #isClosed = false;

  constructor(options: WarmHostsOptions) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  start(): void {
    // What an earlier life left here belongs to processes that ended with it.
    this.#removeDir();
    this.#refillIn(this.#options.restMs ?? restMs);
  }

  /** One that waits, or undefined. */
  take(): WarmHost | undefined {
    const taken = this.#waiting.shift();
    if (taken !== undefined) this.#refillIn(this.#options.restMs ?? restMs);
    return taken;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const left = this.#waiting.splice(0);
    for (const { child, host } of left) {
      child.removeAllListeners("exit");
      const ended = child.exitCode === null && child.signalCode === null ? once(child, "exit") : undefined;
      signalGroup(host.pid, "SIGKILL");
      await ended;
    }
    this.#removeDir();
  }

  /** Without warm hosts replicas start all the same, so no error of theirs may end anything else. */
  #removeDir(): void {
    try {
      rmSync(this.#options.dir, { recursive: true, force: true });
    } catch (err) {
      this.#options.logger.warn({ err }, "the directory of warm hosts could not be removed");
    }
  }

  #refillIn(ms: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed || this.#waiting.length >= this.#options.count) return;
    this.#timer = setTimeout(() => this.#refill(), ms);
    this.#timer.unref();
  }

  #refill(): void {
    try {
      this.#add();
      this.#refillIn(this.#options.restMs ?? restMs);
    } catch (err) {
      this.#onFailed({ err });
    }
  }

  /** Whatever ails it, no loop of starts. */
  #onFailed(facts: object): void {
    this.#options.logger.warn(facts, "no warm host; replicas start without one for a while");
    this.#refillIn(retryMs);
  }

  #add(): void {
    const { dir, command, launchFilePlaceholder, env, logger } = this.#options;
    const name = String((this.#made += 1));
    const [stdoutPath, stderrPath] = [join(dir, `${name}.stdout.log`), join(dir, `${name}.stderr.log`)];
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const { child, host } = startHost({
      command: [...command, warmHostFlag, launchFilePlaceholder],
      cwd: dir,
      env,
      stdoutPath,
      stderrPath,
      hasOrders: true,
    });
    const orders = child.stdio[warmHostOrders] as Socket | null | undefined;
    const onGone = (cause: unknown): void => {
      const index = this.#waiting.findIndex((one) => one.name === name);
      if (index === -1) return;
      this.#waiting.splice(index, 1);
      this.#onFailed({ cause, stderrPath });
    };
    if (host === null || orders === null || orders === undefined) {
      child.once("error", (err) => this.#onFailed({ err }));
      throw new Error("the process of a warm host was not started");
    }
    child.once("error", onGone);
    const onExit = (code: number | null, signal: string | null): void => onGone({ code, signal });
    child.once("exit", onExit);
    // It may end between the decision to order and the order; its exit says so.
    orders.on("error", (err) => logger.debug({ err }, "a warm host took no order"));
    orders.unref();
    this.#waiting.push({
      name,
      child,
      host,
      moveOutput: (to) => {
        child.off("exit", onExit);
        child.off("error", onGone);
        renameSync(stdoutPath, to.stdoutPath);
        renameSync(stderrPath, to.stderrPath);
      },
      order: (order) => void orders.end(`${JSON.stringify(order)}\n`),
      dismiss: () => void signalGroup(host.pid, "SIGKILL"),
    });
  }
}
