/** Parts of a stream that wait for their reader at most; then the batch waits for the reader. */
const capacity = 256;

interface Reader {
  readonly resolve: (result: IteratorResult<unknown, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/** The results of one item of a streaming batch, from the generator of all to the reader of one. */
export class ResultChannel implements AsyncGenerator<unknown, undefined, undefined> {
  readonly #parts: unknown[] = [];
  readonly #readers: Reader[] = [];
  readonly #onChange: () => void;
  #error: Error | undefined;
  #isClosed = false;

  /** `onChange` is called when the reader took something or went away. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /** No more is taken: it ended, failed, or its reader left. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  get isFull(): boolean {
    return !this.#isClosed && this.#parts.length >= capacity;
  }

  push(part: unknown): void {
    if (this.#isClosed) return;
    const reader = this.#readers.shift();
    if (reader === undefined) this.#parts.push(part);
    else reader.resolve({ done: false, value: part });
  }

  end(): void {
    this.#close();
    for (const reader of this.#readers.splice(0)) reader.resolve({ done: true, value: undefined });
  }

  /** The reader gets what came before, then the error. */
  fail(error: Error): void {
    if (this.#isClosed) return;
    this.#close();
    const [first, ...rest] = this.#readers.splice(0);
    if (first === undefined) this.#error = error;
    else first.reject(error);
    for (const reader of rest) reader.resolve({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<unknown, undefined>> {
    if (this.#parts.length > 0) {
      const value = this.#parts.shift();
      this.#onChange();
      return Promise.resolve({ done: false, value });
    }
    const error = this.#error;
    if (error !== undefined) {
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#isClosed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }

  /** The reader leaves. */
  return(): Promise<IteratorResult<unknown, undefined>> {
    this.#parts.length = 0;
    this.#error = undefined;
    this.end();
    this.#onChange();
    return Promise.resolve({ done: true, value: undefined });
  }

  async throw(error: unknown): Promise<IteratorResult<unknown, undefined>> {
    await this.return();
    throw error;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #close(): void {
    this.#isClosed = true;
  }
}
