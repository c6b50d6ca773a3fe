import type { AgentToHost, HostLaunch, HostMessage } from "@sluice/contracts";
import type { UserHooks } from "./user-hooks.ts";

type Change = Extract<AgentToHost, { type: "reconfigure" }>;

export interface LiveConfigPorts {
  /** Follows every change: whoever holds it reads the settings of the moment. */
  readonly launch: HostLaunch;
  readonly hooks: Pick<UserHooks, "reconfigure" | "check">;
  readonly onLimits: () => void;
  readonly tell: (message: HostMessage) => void;
  /** User code did not take a change: nothing says in which state it is now. */
  readonly onRefused: (error: Error) => void;
}

/** The settings of a replica that change without a restart, and which of them are in force. */
export class LiveConfig {
  readonly #ports: LiveConfigPorts;
  #version: string | null = null;
  /** What user code was given last. */
  #userConfig: string;
  #changing: Promise<void> = Promise.resolve();

  constructor(ports: LiveConfigPorts) {
    this.#ports = ports;
    this.#userConfig = JSON.stringify(ports.launch.userConfig ?? null);
  }

  /** Null until the replica is ready. */
  get version(): string | null {
    return this.#version;
  }

  /** The replica is ready with all that it was told until now. */
  start(): void {
    this.#version ??= this.#ports.launch.configVersion;
  }

  /** Changes happen one after the other. Limits count at once; the rest once user code has taken it and is healthy. */
  apply(change: Change): void {
    const { launch, hooks, onLimits } = this.#ports;
    const { type: _, userConfig, configVersion = launch.configVersion, ...settings } = change;
    Object.assign(launch, settings, { configVersion }, userConfig === undefined ? {} : { userConfig });
    onLimits();
    const text = JSON.stringify(userConfig ?? null);
    const isNew = userConfig !== undefined && text !== this.#userConfig;
    if (isNew) this.#userConfig = text;
    const taking = isNew && userConfig !== null ? hooks.reconfigure(userConfig) : Promise.resolve();
    const isRemoved = isNew && userConfig === null;
    this.#changing = this.#changing.then(() => this.#finish(taking, isRemoved, configVersion));
  }

  async #finish(taking: Promise<void>, isRemoved: boolean, configVersion: string): Promise<void> {
    const { hooks, tell, onRefused } = this.#ports;
    let what = "user_config was removed";
    try {
      // A plan takes new replicas for it. Who sends it all the same shall not believe that it is in force.
      if (isRemoved) throw new Error("a running process cannot go back to none");
      what = "reconfigure() failed";
      await taking;
      what = "the health check failed after reconfigure()";
      await hooks.check();
      this.#version = configVersion;
      tell({ type: "reconfigured", configVersion, ok: true, message: "" });
    } catch (error) {
      const refusal = new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
      tell({ type: "reconfigured", configVersion, ok: false, message: refusal.message });
      onRefused(refusal);
    }
  }
}
