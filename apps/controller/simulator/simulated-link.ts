/** Both ends of a control link without a socket: messages arrive later, in their order, or not at all. */
import type { Clock } from "../src/leader/leader-context.ts";
import type { Link } from "../src/http/link-server.ts";

export interface LinkEnds<ToController, ToPeer> {
  /** The controller's end. */
  readonly onMessage: (link: Link<ToPeer>, message: ToController) => void;
  readonly onClose: (link: Link<ToPeer>, isGoodbye: boolean) => void;
  /** The peer's end. */
  readonly onReceived: (message: ToPeer) => void;
  readonly onRefused: (reason: string) => void;
}

export class SimulatedLink<ToController, ToPeer> implements Link<ToPeer> {
  readonly remote = "simulated";
  readonly door = "internal";
  readonly caller = { kind: "cluster" } as const;
  readonly #clock: Clock;
  readonly #ends: LinkEnds<ToController, ToPeer>;
  readonly #latencyMs: () => number;
  #arrivalsMs = { up: 0, down: 0 };
  #isOpen = true;
  /** A cut wire: nothing arrives at either end, and neither knows. */
  isCut = false;

  constructor(clock: Clock, latencyMs: () => number, ends: LinkEnds<ToController, ToPeer>) {
    this.#clock = clock;
    this.#latencyMs = latencyMs;
    this.#ends = ends;
  }

  /** To the peer. */
  send(message: ToPeer): void {
    this.#carry("down", () => this.#ends.onReceived(message));
  }

  /** To the controller. */
  tell(message: ToController): void {
    this.#carry("up", () => this.#ends.onMessage(this, message));
  }

  /** By the controller. */
  close(reason: string): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#clock.after(this.#latencyMs(), () => this.#ends.onRefused(reason));
    this.#clock.after(0, () => this.#ends.onClose(this, false));
  }

  /** By the peer, or by the system that notices that it is gone. */
  hangUp(isGoodbye = false): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#clock.after(this.#latencyMs(), () => this.#ends.onClose(this, isGoodbye));
  }

  #carry(way: "up" | "down", deliver: () => void): void {
    if (!this.#isOpen || this.isCut) return;
    const atMs = Math.max(this.#arrivalsMs[way], this.#clock.now() + this.#latencyMs());
    this.#arrivalsMs[way] = atMs;
    this.#clock.after(atMs - this.#clock.now(), () => {
      if (this.#isOpen && !this.isCut) deliver();
    });
  }
}
