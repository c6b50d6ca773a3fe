import type { ServerWebSocket } from "@sluice/sdk";
import type { RawData, WebSocket } from "ws";

/** Messages that wait for user code before the client is no longer read. */
const maxWaiting = 64;

/** A client's WebSocket in user code's hands: read by `for await`, with back pressure in both directions. */
export class ClientSocket implements ServerWebSocket {
  readonly signal: AbortSignal;
  readonly #socket: WebSocket;
  readonly #waiting: (string | Uint8Array)[] = [];
  #wake: (() => void) | undefined;
  #isClosed = false;

  constructor(socket: WebSocket) {
    this.#socket = socket;
    const abort = new AbortController();
    this.signal = abort.signal;
    socket.on("message", (data, isBinary) => this.#onMessage(data, isBinary));
    // "close" follows and says all there is to say.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wakeReader();
      abort.abort(new DOMException("The client closed the WebSocket.", "AbortError"));
    });
  }

  get protocol(): string {
    return this.#socket.protocol;
  }

  async send(message: string | Uint8Array): Promise<void> {
    if (this.#isClosed) return;
    await new Promise<void>((resolve) => this.#socket.send(message, () => resolve()));
  }

  close(code = 1000, reason = ""): void {
    this.#socket.close(code, reason);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string | Uint8Array, void, undefined> {
    for (;;) {
      const message = this.#waiting.shift();
      if (message !== undefined) {
        if (this.#waiting.length < maxWaiting / 2) this.#socket.resume();
        yield message;
      } else if (this.#isClosed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  #onMessage(data: RawData, isBinary: boolean): void {
    const bytes = Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data as ArrayBuffer);
    this.#waiting.push(isBinary ? bytes : bytes.toString("utf8"));
    if (this.#waiting.length >= maxWaiting) this.#socket.pause();
    this.#wakeReader();
  }

  #wakeReader(): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}
