/** Notices a peer that hangs (stopped process, lost host): sends PING when nothing arrives, gives up when nothing comes back. */
export class Keepalive {
  #lastReceivedMs: number;
  #pingSentMs: number | undefined;
  #isStopped = false;
  readonly #timer: NodeJS.Timeout;

  constructor(options: {
    readonly intervalMs: number;
    readonly timeoutMs: number;
    readonly sendPing: () => void;
    readonly onDead: (silentMs: number) => void;
  }) {
    this.#lastReceivedMs = performance.now();
    this.#timer = setInterval(
      () => {
        const now = performance.now();
        const pingSentMs = this.#pingSentMs;
        if (pingSentMs !== undefined && pingSentMs > this.#lastReceivedMs) {
          if (now - pingSentMs < options.timeoutMs) return;
          // If this loop itself was blocked, the answer lies unread in the socket: look again after the next read.
          setImmediate(() => {
            if (!this.#isStopped && pingSentMs > this.#lastReceivedMs) options.onDead(now - this.#lastReceivedMs);
          });
        } else if (now - this.#lastReceivedMs >= options.intervalMs) {
          this.#pingSentMs = now;
          options.sendPing();
        }
      },
      Math.max(1, Math.min(options.intervalMs, options.timeoutMs) / 2),
    );
    this.#timer.unref();
  }

  /** Anything arrived. */
  received(): void {
    this.#lastReceivedMs = performance.now();
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }
}
