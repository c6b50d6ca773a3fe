/** The running system: Postgres and the processes, started as told and stopped in a fixed order. Owns all of them. */
import { LaunchError } from "../bin/fail.mjs";
import { removeLaunchRecord, writeLaunchRecord } from "../bin/launch-lock.mjs";
import { readStartTime } from "../bin/process-identity.mjs";
import type { PostgresServer } from "./postgres/start-postgres.ts";
import { decideRestart } from "./processes/decide-restart.ts";
import type { RestartHistory } from "./processes/decide-restart.ts";
import { renderLine } from "./processes/log-line.ts";
import { SupervisedProcess } from "./processes/supervised-process.ts";
import type { ProcessSpec } from "./processes/supervised-process.ts";

const START_TIMEOUT_MS = 60_000;

export interface SystemOptions {
  readonly dataDir: string;
  /** Names of processes; Postgres, on which all others write, always goes last. */
  readonly stopOrder: readonly string[];
  readonly print: (line: string) => void;
  /** Ends what the processes themselves have left running; called once all of them have ended. */
  readonly sweep?: () => void;
}

export class RunningSystem {
  readonly #options: SystemOptions;
  readonly #processes = new Map<string, SupervisedProcess>();
  #postgres: PostgresServer | undefined;
  #postgresTimer: NodeJS.Timeout | undefined;
  /** A crashed server on its way up: a stop has to wait for it, or would leave it behind. */
  #postgresRestart: Promise<void> = Promise.resolve();
  #stopped: Promise<void> | undefined;

  constructor(options: SystemOptions) {
    this.#options = options;
    this.#record();
  }

  get isStopping(): boolean {
    return this.#stopped !== undefined;
  }

  /** Starts the database server and keeps it running, on the same port, until the system stops. */
  async startPostgres(start: (port: number | undefined) => Promise<PostgresServer>): Promise<PostgresServer> {
    if (this.isStopping) throw new LaunchError("stopped while Postgres was starting.");
    const server = await start(undefined);
    if (this.isStopping) await server.stop();
    else this.#watchPostgres(server, start, { failuresInARow: 0 });
    return server;
  }

  /** Starts one process and resolves once it is healthy. */
  async start(spec: ProcessSpec): Promise<void> {
    if (this.isStopping) return;
    const { print } = this.#options;
    const one = new SupervisedProcess(spec, { print, onPidChange: () => this.#record() });
    this.#processes.set(spec.name, one);
    await one.start(START_TIMEOUT_MS);
  }

  /** Stops all, one after the other; a second call waits for the same stop. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder();
    return this.#stopped;
  }

  /** Ends all processes at once; Postgres still gets its fast shutdown. */
  async kill(): Promise<void> {
    this.#stopped ??= Promise.resolve();
    clearTimeout(this.#postgresTimer);
    await Promise.all([...this.#processes.values()].map((one) => one.kill()));
    this.#sweep();
    await this.#postgresRestart;
    await this.#postgres?.stop();
    removeLaunchRecord(this.#options.dataDir);
  }

  async #stopInOrder(): Promise<void> {
    clearTimeout(this.#postgresTimer);
    for (const one of this.#inStopOrder()) await one.stop();
    this.#sweep();
    await this.#postgresRestart;
    await this.#postgres?.stop();
    removeLaunchRecord(this.#options.dataDir);
  }

  #watchPostgres(
    server: PostgresServer,
    start: (port: number | undefined) => Promise<PostgresServer>,
    before: RestartHistory,
  ): void {
    const startedAt = Date.now();
    this.#postgres = server;
    this.#record();
    void server.exited.then((lastLines) => {
      this.#restartPostgres(`ended (${lastLines})`, server.port, start, before, Date.now() - startedAt);
    });
  }

  /** Tries again for as long as the system runs: without a database nothing can change. */
  #restartPostgres(
    why: string,
    port: number,
    start: (port: number | undefined) => Promise<PostgresServer>,
    before: RestartHistory,
    ranForMs: number,
  ): void {
    if (this.isStopping) return;
    const { delayMs, history } = decideRestart(before, ranForMs);
    this.#say(`${why}; starting it again in ${delayMs / 1000} s`);
    this.#postgresTimer = setTimeout(() => {
      this.#postgresRestart = start(port).then(
        async (next) => {
          if (this.isStopping) await next.stop();
          else this.#watchPostgres(next, start, history);
        },
        (error: unknown) => {
          const message = error instanceof Error ? error.message : String(error);
          this.#restartPostgres(`cannot be started (${message})`, port, start, history, 0);
        },
      );
    }, delayMs);
  }

  /** Whatever goes wrong with it, Postgres still has to be stopped. */
  #sweep(): void {
    try {
      this.#options.sweep?.();
    } catch (error) {
      this.#options.print(
        `leftover replicas were not looked for: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  #say(text: string): void {
    this.#options.print(renderLine("postgres", text));
  }

  #inStopOrder(): SupervisedProcess[] {
    const rank = (name: string): number => this.#options.stopOrder.indexOf(name);
    return [...this.#processes.values()].sort((a, b) => rank(a.name) - rank(b.name));
  }

  /** Says on disk what runs, in the order of stopping, so that a successor can clean up if we are killed. */
  #record(): void {
    const running = [...this.#inStopOrder(), { name: "postgres", pid: this.#postgres?.pid }];
    const children = running.flatMap(({ name, pid }) => {
      const startTime = pid === undefined ? undefined : readStartTime(pid);
      return pid === undefined || startTime === undefined ? [] : [{ name, pid, startTime }];
    });
    writeLaunchRecord(this.#options.dataDir, children);
  }
}
