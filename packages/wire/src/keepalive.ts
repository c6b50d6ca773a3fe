/** Notices a peer that hangs (stopped process, lost host): sends PING when nothing arrives, gives up when nothing comes back. */
export class Keepalive {
  #lastReceivedMs: number;
  #pingSentMs: number | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly sendPing: () => void;
    readonly onDead: (silentMs: number) => void;
  }) {
    this.#lastReceivedMs = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      if (this.#pingSentMs !== undefined && this.#pingSentMs > this.#lastReceivedMs) {
        if (now - this.#pingSentMs >= options.timeoutMs) options.onDead(now - this.#lastReceivedMs);
      } else if (now - this.#lastReceivedMs >= options.intervalMs) {
        this.#pingSentMs = now;
        options.sendPing();
      }
    }, Math.max(1, Math.min(options.intervalMs, options.timeoutMs) / 2));
    this.#timer.unref();
  }

  /** Anything arrived. */
  received(): void {
    this.#lastReceivedMs = performance.now();
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
