import type { ServerResponse } from "node:http";

/** A client that reads slower than the replica writes: the replica gets credit again when the socket has drained. */
export class SlowClient {
  readonly #response: ServerResponse;
  readonly #onDrained: (bytes: number) => void;
  /** Bytes handed to the client's socket that it has not taken yet. */
  #owedBytes = 0;

  constructor(response: ServerResponse, onDrained: (bytes: number) => void) {
    this.#response = response;
    this.#onDrained = onDrained;
  }

  owe(bytes: number): void {
    if (this.#owedBytes === 0) this.#response.once("drain", this.#settle);
    this.#owedBytes += bytes;
  }

  readonly #settle = (): void => {
    const bytes = this.#owedBytes;
    this.#owedBytes = 0;
    this.#onDrained(bytes);
  };
}
