import { SlotWaiters } from "@sluice/wire";
import type { ServerConnection } from "@sluice/wire";

/**
 * Enforces `max_ongoing_requests`. A caller that was refused waits for SLOT; freed slots are offered round robin.
 * Invariant: `ongoing` counts requests whose code still runs, also after their caller has gone.
 */
export class Capacity {
  #max: number;
  #ongoing = 0;
  readonly #waiters = new SlotWaiters<ServerConnection>();
  #idleListeners: (() => void)[] = [];

  constructor(max: number) {
    this.#max = max;
  }

  get ongoing(): number {
    return this.#ongoing;
  }

  get max(): number {
    return this.#max;
  }

  /** Takes a slot; false when there is none, and the caller becomes a waiter. */
  take(caller: ServerConnection): boolean {
    if (this.#ongoing >= this.#max) {
      this.#waiters.add(caller);
      return false;
    }
    this.#ongoing += 1;
    return true;
  }

  free(): void {
    this.#ongoing -= 1;
    if (this.#ongoing < this.#max) this.#offer();
    if (this.#ongoing === 0) this.#tellIdle();
  }

  /** A changed limit takes effect at once: new room is offered, running requests are left alone. */
  setMax(max: number): void {
    const added = Math.min(max - this.#max, max - this.#ongoing);
    this.#max = max;
    for (let slot = 0; slot < added; slot += 1) this.#offer();
  }

  /** The waiter has nothing to send: the next one gets the offer. */
  onSlotReturned(caller: ServerConnection): void {
    this.#waiters.remove(caller);
    if (this.#ongoing < this.#max) this.#offer();
  }

  /** The caller took a slot that it may have been offered along: the next one gets it. */
  onGone(caller: ServerConnection): void {
    this.#waiters.remove(caller);
    if (this.#ongoing < this.#max) this.#offer();
  }

  /** Settles when nothing runs. */
  async idle(): Promise<void> {
    if (this.#ongoing === 0) return;
    await new Promise<void>((resolve) => this.#idleListeners.push(resolve));
  }

  /** To the next waiter that can hear it; each is asked once. */
  #offer(): void {
    for (let left = this.#waiters.size; left > 0; left -= 1) {
      if (this.#waiters.next()?.sendSlot({ ongoing: this.#ongoing, max: this.#max }) === true) return;
    }
  }

  #tellIdle(): void {
    const listeners = this.#idleListeners;
    this.#idleListeners = [];
    for (const listener of listeners) listener();
  }
}
