/** A client that reads slower than the replica writes: the replica gets credit again when the client's socket has drained. */
export class SlowClient {
  readonly #onDrained: (bytes: number) => void;
  /** Bytes handed to the client's socket that it has not taken yet. */
  #owedBytes = 0;

  constructor(onDrained: (bytes: number) => void) {
    this.#onDrained = onDrained;
  }

  owe(bytes: number): void {
    this.#owedBytes += bytes;
  }

  settle(): void {
    const bytes = this.#owedBytes;
    this.#owedBytes = 0;
    if (bytes > 0) this.#onDrained(bytes);
  }
}
