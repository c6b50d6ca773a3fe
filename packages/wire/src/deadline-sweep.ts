import { WireError } from "./wire-error.ts";
import type { WireStream } from "./wire-stream.ts";

/** Accuracy with which deadlines are kept. */
const TICK_MS = 20;

/** Ends streams whose deadline has passed: one timer per connection, and only while it is needed, not one per request. */
export class DeadlineSweep {
  readonly #streams: ReadonlyMap<number, WireStream>;
  #timer: NodeJS.Timeout | undefined;

  constructor(streams: ReadonlyMap<number, WireStream>) {
    this.#streams = streams;
  }

  /** `deadlineMs` from now; 0 = none. */
  track(stream: WireStream, deadlineMs: number): void {
    if (deadlineMs === 0) return;
    stream.deadlineAtMs = performance.now() + deadlineMs;
    this.#timer ??= setInterval(() => {
      this.#sweep();
    }, TICK_MS);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  #sweep(): void {
    const now = performance.now();
    let waiting = 0;
    for (const stream of this.#streams.values()) {
      if (stream.deadlineAtMs <= now)
        stream.fail(new WireError("deadline_exceeded", "the deadline of the request has passed"));
      else if (stream.deadlineAtMs !== Infinity) waiting += 1;
    }
    if (waiting === 0) this.stop();
  }
}
