import { wallClock, type Clock } from "../leader/leader-context.ts";

/** Why a key is looked at: something happened or was due, or nothing but the periodic look at everything. */
export type WakeCause = "event" | "resync";

export interface KeyedLoopOptions {
  readonly handle: (key: string, cause: WakeCause) => Promise<void>;
  readonly onError: (key: string, error: unknown, retryInMs: number) => void;
  /** Runs of different keys at the same time. */
  readonly concurrency: number;
  readonly random: () => number;
  readonly clock?: Clock;
}

interface KeyState {
  running: boolean;
  /** Woken during a run. */
  again: boolean;
  /** Of the next run: a resync only while no event asked for it too. */
  cause: WakeCause;
  failures: number;
  /** Takes the timer back. */
  timer: (() => void) | null;
  timerAtMs: number;
}

const retryFirstMs = 200;
const retryLongestMs = 15_000;

/**
 * Level-triggered work by key. `wake` only says "look again": the handler re-reads the state of its key. A key is never in
 * two handlers at once; a wake during a run makes one more run. A handler that throws is retried after a growing, jittered
 * delay and never stops its neighbours.
 */
export class KeyedLoop {
  readonly #options: KeyedLoopOptions;
  readonly #clock: Clock;
  readonly #keys = new Map<string, KeyState>();
  readonly #ready: string[] = [];
  #running = 0;
  #stopped = false;
  #idle: (() => void) | null = null;

  constructor(options: KeyedLoopOptions) {
    this.#options = options;
    this.#clock = options.clock ?? wallClock;
  }

  /** Handles the key as soon as a slot is free. Wakes that arrive before it starts are one run. */
  wake(key: string, cause: WakeCause = "event"): void {
    if (this.#stopped) return;
    const state = this.#state(key);
    // What a timer was set for is asked for by then.
    if (cause === "event" || state.timer !== null) state.cause = "event";
    state.timer?.();
    state.timer = null;
    if (state.running) {
      state.again = true;
      return;
    }
    if (!this.#ready.includes(key)) this.#ready.push(key);
    this.#startNext();
  }

  /** Wakes the key after a delay, unless something wakes it earlier; of several delays the shortest counts. */
  wakeIn(key: string, delayMs: number): void {
    if (this.#stopped) return;
    const state = this.#state(key);
    const atMs = this.#clock.now() + delayMs;
    if (state.timer !== null) {
      if (state.timerAtMs <= atMs) return;
      state.timer();
    }
    state.timerAtMs = atMs;
    state.timer = this.#clock.after(delayMs, () => {
      state.timer = null;
      this.wake(key);
    });
  }

  /** Takes no new work and resolves when what runs is finished. */
  async stop(): Promise<void> {
    this.#stopped = true;
    for (const state of this.#keys.values()) state.timer?.();
    this.#ready.length = 0;
    if (this.#running === 0) return;
    await new Promise<void>((resolve) => (this.#idle = resolve));
  }

  #state(key: string): KeyState {
    const known = this.#keys.get(key);
    if (known !== undefined) return known;
    const fresh: KeyState = {
      running: false,
      again: false,
      cause: "resync",
      failures: 0,
      timer: null,
      timerAtMs: 0,
    };
    this.#keys.set(key, fresh);
    return fresh;
  }

  #startNext(): void {
    while (this.#running < this.#options.concurrency) {
      const key = this.#ready.shift();
      if (key === undefined) return;
      this.#running += 1;
      const state = this.#state(key);
      state.running = true;
      const { cause } = state;
      state.cause = "resync";
      void this.#run(key, state, cause);
    }
  }

  async #run(key: string, state: KeyState, cause: WakeCause): Promise<void> {
    let retryInMs = 0;
    try {
      await this.#options.handle(key, cause);
      state.failures = 0;
    } catch (error) {
      state.failures += 1;
      retryInMs =
        Math.min(retryLongestMs, retryFirstMs * 2 ** (state.failures - 1)) * (0.75 + 0.5 * this.#options.random());
      this.#options.onError(key, error, retryInMs);
    }
    state.running = false;
    this.#running -= 1;
    if (this.#stopped) {
      if (this.#running === 0) this.#idle?.();
      return;
    }
    if (retryInMs > 0) this.wakeIn(key, retryInMs);
    else if (state.again) this.wake(key, state.cause);
    else if (state.timer === null) this.#keys.delete(key);
    state.again = false;
    this.#startNext();
  }
}
