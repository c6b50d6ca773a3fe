/** Remembers the highest epoch seen: a message of a lower one comes from a controller that no longer leads. */
export class EpochFence {
  #highest: number;

  constructor(initial = 0) {
    this.#highest = initial;
  }

  get highest(): number {
    return this.#highest;
  }

  /** True when the message may act; equal or higher epochs pass, higher ones raise the fence. */
  admits(epoch: number): boolean {
    if (epoch < this.#highest) return false;
    this.#highest = epoch;
    return true;
  }
}
