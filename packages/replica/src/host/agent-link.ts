import { createConnection } from "node:net";
import type { Socket } from "node:net";
import { AgentToHost } from "@sluice/contracts";
import type { HostMessage } from "@sluice/contracts";
import { decideBackoffMs } from "@sluice/observability";
import type { Logger } from "@sluice/observability";
import { LineSplitter } from "./ndjson.ts";

export interface AgentLinkOptions {
  readonly socketPath: string;
  readonly logger: Logger;
  /** Says who this is and how it stands, at every (re)connect. */
  readonly hello: () => HostMessage;
  readonly onMessage: (message: AgentToHost) => void;
}

const backoff = { minMs: 100, maxMs: 2_000 };
/** An agent that does not read gets no more metrics until it does. */
const maxBufferedBytes = 8 * 1024 * 1024;

/** The link to this node's agent. Redials for ever: the host outlives agents. */
export class AgentLink {
  readonly #options: AgentLinkOptions;
  #socket: Socket | undefined;
  #redial: NodeJS.Timeout | undefined;
  #attempt = 0;
  #isClosed = false;
  #disconnectedAtMs: number | undefined = performance.now();

  constructor(options: AgentLinkOptions) {
    this.#options = options;
  }

  /** Milliseconds without an agent; 0 while connected. */
  get aloneMs(): number {
    return this.#disconnectedAtMs === undefined ? 0 : performance.now() - this.#disconnectedAtMs;
  }

  get isConnected(): boolean {
    return this.#disconnectedAtMs === undefined;
  }

  start(): void {
    this.#dial();
  }

  /** False when there is no agent: the next hello tells the state, so nothing is queued. */
  send(message: HostMessage): boolean {
    const socket = this.#socket;
    if (socket === undefined || !this.isConnected || socket.writableLength > maxBufferedBytes) return false;
    return socket.write(`${JSON.stringify(message)}\n`) || true;
  }

  /** Closes for good after what was sent has left. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#redial);
    const socket = this.#socket;
    if (socket === undefined || socket.destroyed || !this.isConnected) {
      socket?.destroy();
      return;
    }
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, 1_000);
      socket.end(() => {
        clearTimeout(timer);
        resolve();
      });
    });
    socket.destroy();
  }

  #dial(): void {
    const socket = createConnection({ path: this.#options.socketPath });
    const splitter = new LineSplitter();
    this.#socket = socket;
    socket.on("connect", () => {
      this.#attempt = 0;
      this.#disconnectedAtMs = undefined;
      this.send(this.#options.hello());
    });
    socket.on("data", (chunk) => {
      try {
        for (const line of splitter.push(chunk)) this.#onLine(line);
      } catch (error) {
        this.#options.logger.error({ err: error }, "the agent's link is broken, starting afresh");
        socket.destroy();
      }
    });
    socket.on("error", (error) => this.#options.logger.debug({ err: error }, "agent link"));
    socket.on("close", () => this.#onClose());
  }

  #onLine(line: string): void {
    const parsed = AgentToHost.safeParse(parseJson(line));
    if (parsed.success) this.#options.onMessage(parsed.data);
    else this.#options.logger.warn({ err: parsed.error }, "a message of the agent does not fit the contract, skipped");
  }

  #onClose(): void {
    this.#disconnectedAtMs ??= performance.now();
    if (this.#isClosed) return;
    this.#attempt += 1;
    this.#redial = setTimeout(() => this.#dial(), decideBackoffMs(this.#attempt, Math.random(), backoff));
  }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // The schema refuses it in the caller's words.
    return undefined;
  }
}
