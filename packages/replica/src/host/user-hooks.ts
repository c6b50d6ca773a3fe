import type { Logger } from "@sluice/observability";
import type { JsonValue } from "@sluice/sdk";
import type { Runtime } from "../runtime.ts";
import { within } from "./within.ts";

/** Calls `checkHealth` and `reconfigure` of the user's code in order, each at most once at a time, with a time limit. */
export class UserHooks {
  readonly #timeoutMs: number;
  readonly #logger: Logger;
  #runtime: Runtime | undefined;
  /** Why the last reconfigure failed; checks fail until one succeeds. */
  #reconfigureError: Error | undefined;
  /** Reconfigures run one after the other; a check waits for those that came before it. */
  #reconfiguring: Promise<void> = Promise.resolve();
  /** A config that came while the code was still loading; applied before the replica is ready. */
  #lateConfig: JsonValue | undefined;
  #runningCheck: Promise<void> | undefined;

  constructor(timeoutMs: number, logger: Logger) {
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
  }

  /** The code is loaded: it gets what came meanwhile and must be healthy. */
  async start(runtime: Runtime): Promise<void> {
    this.#runtime = runtime;
    if (this.#lateConfig !== undefined) await runtime.reconfigure(this.#lateConfig);
    await this.check();
  }

  /** Rejects with the reason when the replica should be replaced. While loading there is nothing to check. */
  async check(): Promise<void> {
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    const timeoutS = this.#timeoutMs / 1_000;
    await within(this.#reconfiguring, this.#timeoutMs, `reconfigure() did not end within ${timeoutS} s`);
    if (this.#reconfigureError !== undefined) throw this.#reconfigureError;
    // A check that hangs is not started a second time: later probes wait for the same one.
    this.#runningCheck ??= runtime.checkHealth().finally(() => {
      this.#runningCheck = undefined;
    });
    await within(this.#runningCheck, this.#timeoutMs, `checkHealth() did not answer within ${timeoutS} s`);
  }

  /** Takes a changed config; whether it was accepted shows in the next check. */
  reconfigure(userConfig: JsonValue): void {
    const runtime = this.#runtime;
    if (runtime === undefined) this.#lateConfig = userConfig;
    else this.#reconfiguring = this.#reconfiguring.then(() => this.#apply(runtime, userConfig));
  }

  async #apply(runtime: Runtime, userConfig: JsonValue): Promise<void> {
    try {
      await runtime.reconfigure(userConfig);
      this.#reconfigureError = undefined;
    } catch (error) {
      this.#logger.error({ err: error }, "reconfigure failed");
      this.#reconfigureError = error instanceof Error ? error : new Error(String(error));
    }
  }
}
