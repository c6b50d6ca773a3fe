/**
 * Who was rejected for capacity and waits for a slot, in round-robin order: each freed slot is offered to the next waiter,
 * which then goes to the end. A waiter stays until it gives an offer back (it has nothing to send) or disconnects, so a
 * caller with a long queue needs one REJECT, not one per request.
 */
export class SlotWaiters<Waiter> {
  // A Set keeps insertion order; delete + add moves to the end in constant time.
  readonly #waiters = new Set<Waiter>();

  get size(): number {
    return this.#waiters.size;
  }

  /** A request of this waiter was rejected. Keeps its place when it already waits. */
  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
  }

  /** It gave an offer back, or is gone. */
  remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  /** The waiter to offer a freed slot to, moved to the end; undefined when nobody waits. */
  next(): Waiter | undefined {
    for (const waiter of this.#waiters) {
      this.#waiters.delete(waiter);
      this.#waiters.add(waiter);
      return waiter;
    }
    return undefined;
  }
}
