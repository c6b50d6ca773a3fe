/** Work on many items at once: whatever arrives during one run is the next. Runs never overlap, items keep their order. */
export class GroupWork<T> {
  readonly #work: (items: readonly T[]) => Promise<void>;
  readonly #onError: (error: unknown) => void;
  #waiting: T[] = [];
  #running: Promise<void> | null = null;
  #isStopped = false;

  /** `work` tells by itself what becomes of each item; what it throws is told, and the next run begins. */
  constructor(work: (items: readonly T[]) => Promise<void>, onError: (error: unknown) => void) {
    this.#work = work;
    this.#onError = onError;
  }

  add(item: T): void {
    if (this.#isStopped) return;
    this.#waiting.push(item);
    this.#running ??= this.#run();
  }

  /** Begins nothing any more; resolves when what runs is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    // Items of the same turn of the event loop go together.
    await Promise.resolve();
    while (this.#waiting.length > 0 && !this.#isStopped) {
      const items = this.#waiting;
      this.#waiting = [];
      try {
        await this.#work(items);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#running = null;
  }
}
