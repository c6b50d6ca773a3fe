/**
 * Writes that touch the same thing happen one after the other, in the order asked for; others side by side. All keys of a
 * piece of work are taken in one step, so that no two can wait for each other.
 */
export class WriteTurns {
  readonly #tails = new Map<string, Promise<unknown>>();

  run<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#tails.get(key) ?? []);
    const done = before.length === 0 ? work() : Promise.all(before).then(work);
    const tail = done
      .catch(() => undefined)
      .then(() => {
        for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key);
      });
    for (const key of keys) this.#tails.set(key, tail);
    return done;
  }
}
