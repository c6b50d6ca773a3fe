/** Time that moves only when a test says so, as the ports of a batch queue. */
export class VirtualClock {
  #nowMs = 0;
  #timers: { readonly atMs: number; readonly run: () => void }[] = [];
  #soon: (() => void)[] = [];

  readonly now = (): number => this.#nowMs;

  readonly after = (delayMs: number, run: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  };

  readonly soon = (run: () => void): void => {
    this.#soon.push(run);
  };

  /** Promise reactions and "soon" work until nothing is left to do at this time. */
  async settle(): Promise<void> {
    do {
      for (const run of this.#soon.splice(0)) run();
      // Deeper than any chain of reactions in what is tested.
      for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
    } while (this.#soon.length > 0);
  }

  /** Moves to `untilMs`, stopping at each timer on the way. */
  async runUntil(untilMs: number): Promise<void> {
    await this.settle();
    for (;;) {
      const next = this.#timers.reduce<number>((first, { atMs }) => Math.min(first, atMs), Infinity);
      if (next > untilMs) break;
      this.#nowMs = Math.max(this.#nowMs, next);
      const due = this.#timers.filter(({ atMs }) => atMs <= this.#nowMs);
      this.#timers = this.#timers.filter(({ atMs }) => atMs > this.#nowMs);
      for (const { run } of due) run();
      await this.settle();
    }
    this.#nowMs = untilMs;
  }
}
