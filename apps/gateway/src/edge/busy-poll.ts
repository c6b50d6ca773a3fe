/**
 * Busy polling, as the kernel's `net.core.busy_poll` or KVM's halt polling do it: while one request is alone in the gateway and
 * its answer, or after it the next request, is expected within a fraction of a millisecond, the loop goes round instead of
 * going to sleep. A sleeping processor takes 5 us to wake on bare metal and 50 to 100 us in a virtual machine, several times as
 * long as the gateway works for a request. With two requests or more in flight there is work to do and nothing is polled.
 *
 * Invariant: of the time between two events of a lone client at most `limitMs` is polled, and nothing at all once such times
 * are longer on average: a gateway at rest, or before a slow model, costs what it cost.
 */
export interface BusyPollPorts {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Runs in the next turn of the loop, which looks for new events before. */
  readonly soon: (run: () => void) => void;
}

/** Weight of the newest sample in the averages. */
const smoothing = 0.125;

export class BusyPoll {
  readonly #limitMs: number;
  readonly #ports: BusyPollPorts;
  #inFlight = 0;
  #untilMs = 0;
  #isTurning = false;
  /** When the only request came; NaN once it was not the only one. */
  #aloneSinceMs = Number.NaN;
  /** When the last request ended; NaN when that was not a lone one. */
  #emptySinceMs = Number.NaN;
  /** Averages: from a lone request to its answer, and from there to the next request. Cut off at twice the limit, so that they recover. */
  #answerMs: number;
  #pauseMs: number;

  /** `limitMs` 0 switches it off. */
  constructor(limitMs: number, ports: BusyPollPorts) {
    this.#limitMs = limitMs;
    this.#ports = ports;
    this.#answerMs = 2 * limitMs;
    this.#pauseMs = 2 * limitMs;
  }

  /** A request came. */
  begin(): void {
    if (this.#limitMs === 0) return;
    this.#inFlight += 1;
    if (this.#inFlight > 1) {
      this.#aloneSinceMs = Number.NaN;
      this.#untilMs = 0;
      return;
    }
    const nowMs = this.#ports.now();
    this.#pauseMs = this.#average(this.#pauseMs, nowMs - this.#emptySinceMs);
    this.#aloneSinceMs = nowMs;
    this.#poll(this.#answerMs, nowMs);
  }

  /** A request ended. */
  end(): void {
    if (this.#limitMs === 0) return;
    this.#inFlight -= 1;
    if (this.#inFlight > 0) return;
    // Many clients that come and go in step are no lone client: who else wants the processor then are they and the replicas.
    if (Number.isNaN(this.#aloneSinceMs)) {
      this.#emptySinceMs = Number.NaN;
      return;
    }
    const nowMs = this.#ports.now();
    this.#answerMs = this.#average(this.#answerMs, nowMs - this.#aloneSinceMs);
    this.#emptySinceMs = nowMs;
    this.#poll(this.#pauseMs, nowMs);
  }

  #average(beforeMs: number, sampleMs: number): number {
    if (Number.isNaN(sampleMs)) return beforeMs;
    return beforeMs + smoothing * (Math.min(sampleMs, 2 * this.#limitMs) - beforeMs);
  }

  #poll(expectedMs: number, nowMs: number): void {
    this.#untilMs = expectedMs < this.#limitMs ? nowMs + this.#limitMs : 0;
    if (this.#untilMs === 0 || this.#isTurning) return;
    this.#isTurning = true;
    this.#ports.soon(this.#turn);
  }

  readonly #turn = (): void => {
    if (this.#ports.now() < this.#untilMs) this.#ports.soon(this.#turn);
    else this.#isTurning = false;
  };
}
