/** Plays a gateway: takes slices, has them in force a little later, and tells the load that the story puts on pools. */
import {
  linkProtocol,
  type ControllerToGateway,
  type GatewayMessage,
  type PoolLoad,
  type RoutingSlice,
} from "@sluice/contracts";
import type { Clock } from "../src/leader/leader-context.ts";
import type { LeaderCore } from "../src/leader/core.ts";
import { SimulatedLink } from "./simulated-link.ts";

export interface SimulatedGatewayOptions {
  readonly clock: Clock;
  readonly core: () => LeaderCore;
  readonly gatewayId: string;
  readonly latencyMs: () => number;
  /** Load of the pools that it knows. */
  readonly loadOf: (slices: readonly RoutingSlice[]) => PoolLoad[];
}

const loadEveryMs = 500;

export class SimulatedGateway {
  readonly slices = new Map<string, RoutingSlice>();
  readonly #options: SimulatedGatewayOptions;
  #link: SimulatedLink<GatewayMessage, ControllerToGateway> | null = null;

  constructor(options: SimulatedGatewayOptions) {
    this.#options = options;
    const tellLoad = (): void => {
      const pools = options.loadOf([...this.slices.values()]);
      this.#link?.tell({ type: "load", at: options.clock.now(), pools });
      options.clock.after(loadEveryMs, tellLoad);
    };
    options.clock.after(loadEveryMs, tellLoad);
  }

  start(): void {
    const { clock, core, gatewayId, latencyMs } = this.#options;
    const link = new SimulatedLink<GatewayMessage, ControllerToGateway>(clock, latencyMs, {
      onMessage: (its, message) => core().gateways.receive(its, message),
      onClose: (its, isGoodbye) => core().gateways.onClose(its, isGoodbye),
      onReceived: (message) => this.#receive(message),
      onRefused: () => undefined,
    });
    this.#link = link;
    const about = { gatewayId, name: gatewayId, address: "http://127.0.0.1:8000" };
    link.tell({ type: "hello", protocol: linkProtocol, ...about, slices: this.#versions() });
  }

  /** Ends for good, as it is told to. */
  stop(): void {
    this.#link?.hangUp(true);
    this.#link = null;
  }

  /** Ends and begins again with what it had on disk. */
  restart(downMs: number): void {
    this.#link?.hangUp();
    this.#link = null;
    this.#options.clock.after(downMs, () => {
      if (this.#link === null) this.start();
    });
  }

  #receive(message: ControllerToGateway): void {
    if (message.type !== "slices") return;
    if (message.full) this.slices.clear();
    for (const name of message.removed) this.slices.delete(name);
    for (const slice of message.slices) this.slices.set(slice.application, slice);
    const told = message.slices.map(({ application, epoch, version }) => ({ application, epoch, version }));
    this.#link?.tell({ type: "applied", slices: told });
  }

  #versions() {
    return [...this.slices.values()].map(({ application, epoch, version }) => ({ application, epoch, version }));
  }
}
