import type { Logger } from "@sluice/observability";
import type { JsonValue } from "@sluice/sdk";
import type { Runtime } from "../runtime.ts";
import { within } from "./within.ts";

/** Calls `checkHealth` and `reconfigure` of the user's code in order, each at most once at a time, checks with a time limit. */
export class UserHooks {
  readonly #timeoutMs: () => number;
  readonly #logger: Logger;
  readonly #loaded: Promise<Runtime>;
  #onLoaded: (runtime: Runtime) => void = () => undefined;
  #runtime: Runtime | undefined;
  /** Why the last reconfigure failed; checks fail until one succeeds. */
  #reconfigureError: Error | undefined;
  /** Reconfigures run one after the other, the first once the code is loaded; a check waits for those that came before it. */
  #reconfiguring: Promise<void> = Promise.resolve();
  #runningCheck: Promise<void> | undefined;

  constructor(timeoutMs: () => number, logger: Logger) {
    this.#timeoutMs = timeoutMs;
    this.#logger = logger;
    this.#loaded = new Promise((resolve) => (this.#onLoaded = resolve));
  }

  /** The code is loaded: it gets what came meanwhile and must be healthy. */
  async start(runtime: Runtime): Promise<void> {
    this.#runtime = runtime;
    this.#onLoaded(runtime);
    await this.#reconfiguring;
    await this.check();
  }

  /** Rejects with the reason when the replica should be replaced. While loading there is nothing to check. */
  async check(): Promise<void> {
    const runtime = this.#runtime;
    if (runtime === undefined) return;
    const timeoutMs = this.#timeoutMs();
    // Weights of a new config may take minutes: that the process answers has to do meanwhile. The agent bounds the whole.
    if (!(await isSettledWithin(this.#reconfiguring, timeoutMs / 2))) return;
    if (this.#reconfigureError !== undefined) throw this.#reconfigureError;
    // A check that hangs is not started a second time: later probes wait for the same one.
    this.#runningCheck ??= runtime.checkHealth().finally(() => {
      this.#runningCheck = undefined;
    });
    await within(this.#runningCheck, timeoutMs, `checkHealth() did not answer within ${timeoutMs / 1_000} s`);
  }

  /** Gives the code a changed config, before it is ready where it still loads. Rejects when it refuses. */
  async reconfigure(userConfig: JsonValue): Promise<void> {
    let refusal: Error | undefined;
    this.#reconfiguring = this.#reconfiguring.then(async () => {
      refusal = await this.#apply(await this.#loaded, userConfig);
      this.#reconfigureError = refusal;
    });
    await this.#reconfiguring;
    if (refusal !== undefined) throw refusal;
  }

  async #apply(runtime: Runtime, userConfig: JsonValue): Promise<Error | undefined> {
    try {
      await runtime.reconfigure(userConfig);
      return undefined;
    } catch (error) {
      this.#logger.error({ err: error }, "reconfigure failed");
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

async function isSettledWithin(promise: Promise<void>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}
