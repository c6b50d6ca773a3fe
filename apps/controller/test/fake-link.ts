/** The peer's end of a control link, for fakes that speak the contracts' messages. It does not redial by itself. */
import { WebSocket } from "ws";
import type { z } from "zod";

export interface FakeLinkOptions<Out> {
  readonly port: number;
  readonly path: string;
  readonly secret: string;
  readonly schema: z.ZodType<Out>;
  readonly onMessage: (message: Out) => void;
}

export class FakeLink<In> {
  readonly #socket: WebSocket;
  #closed: string | null = null;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("close", (code, reason) => (this.#closed = reason.toString() || `code ${String(code)}`));
    socket.on("error", (error) => (this.#closed ??= error.message));
  }

  /** Resolves when the upgrade was accepted; rejects when it was not. */
  static async open<In, Out>(options: FakeLinkOptions<Out>): Promise<FakeLink<In>> {
    const socket = new WebSocket(`ws://127.0.0.1:${String(options.port)}${options.path}`, {
      headers: { authorization: `Bearer ${options.secret}` },
    });
    const link = new FakeLink<In>(socket);
    socket.on("message", (data: Buffer) => options.onMessage(options.schema.parse(JSON.parse(data.toString()))));
    await new Promise<void>((resolve, reject) => {
      socket.once("open", () => resolve());
      socket.once("error", reject);
    });
    return link;
  }

  /** Why the link was closed; null while it is open. */
  get closed(): string | null {
    return this.#closed;
  }

  send(message: In): void {
    this.sendText(JSON.stringify(message));
  }

  sendText(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  /** As a killed process leaves it. */
  cut(): void {
    this.#socket.terminate();
  }

  /** Reads nothing any more, not even pings, as a stopped process does. */
  freeze(): void {
    this.#socket.pause();
  }
}
