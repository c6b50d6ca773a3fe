import type { RouterPorts } from "./ports.ts";

/** One timer for whatever comes first. It may fire in vain, never too late. */
export class WakeTimer {
  readonly #ports: RouterPorts;
  readonly #onTime: () => void;
  #cancel: (() => void) | undefined;
  #atMs = Number.POSITIVE_INFINITY;

  constructor(ports: RouterPorts, onTime: () => void) {
    this.#ports = ports;
    this.#onTime = onTime;
  }

  /** Fires then, or earlier if it is set to. */
  armAt(atMs: number): void {
    if (atMs >= this.#atMs) return;
    this.disarm();
    this.#atMs = atMs;
    this.#cancel = this.#ports.after(Math.max(0, atMs - this.#ports.now()), () => {
      this.#cancel = undefined;
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#onTime();
    });
  }

  disarm(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#atMs = Number.POSITIVE_INFINITY;
  }
}
