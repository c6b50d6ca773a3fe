/** Runs the work of one key in the order it was given, and work of different keys side by side. */
export class OrderedWork {
  readonly #onError: (key: string, error: unknown) => void;
  readonly #tails = new Map<string, Promise<boolean>>();
  #isStopped = false;

  constructor(onError: (key: string, error: unknown) => void) {
    this.#onError = onError;
  }

  /** Resolves when the work is done: true; false when it failed, which was told, or was not begun. Never rejects. */
  run(key: string, work: () => Promise<void>): Promise<boolean> {
    const before = this.#tails.get(key) ?? Promise.resolve(true);
    const done = before.then(async () => {
      try {
        if (this.#isStopped) return false;
        await work();
        return true;
      } catch (error) {
        this.#onError(key, error);
        return false;
      } finally {
        if (this.#tails.get(key) === done) this.#tails.delete(key);
      }
    });
    this.#tails.set(key, done);
    return done;
  }

  /** Begins nothing any more; resolves when what runs is done. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#tails.values());
  }
}
