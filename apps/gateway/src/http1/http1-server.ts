import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import type { HeaderPairs } from "../exchange/exchange.ts";
import { Http1Connection, type ConnectionHost } from "./http1-connection.ts";
import type { Http1Exchange } from "./http1-exchange.ts";
import type { EdgeLimits } from "./limits.ts";

export interface Http1ServerOptions {
  readonly limits: EdgeLimits;
  readonly onExchange: (exchange: Http1Exchange) => void;
  readonly faultAnswer: ConnectionHost["faultAnswer"];
}

const sweepMs = 1_000;

/** Takes clients' connections and speaks HTTP/1.1 with them. */
export class Http1Server implements ConnectionHost {
  readonly limits: EdgeLimits;
  isStopping = false;
  coarseNowMs = performance.now();
  readonly #options: Http1ServerOptions;
  readonly #connections = new Set<Http1Connection>();
  readonly #server: Server;
  readonly #sweep: NodeJS.Timeout;

  constructor(options: Http1ServerOptions) {
    this.#options = options;
    this.limits = options.limits;
    // Half-open, because this side decides what a client's last byte means.
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.accept(socket));
    this.#server.maxConnections = options.limits.maxConnections;
    this.#sweep = setInterval(() => this.#onSweep(), sweepMs).unref();
  }

  /** Settles when connections are taken; the port that was chosen for 0. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(port, host, () => resolve());
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Speaks HTTP/1.1 on a socket, whoever accepted it. */
  accept(socket: Socket): void {
    this.#connections.add(new Http1Connection(socket, this));
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  onExchange(exchange: Http1Exchange): void {
    this.#options.onExchange(exchange);
  }

  faultAnswer(status: number, reason: string): { readonly headers: HeaderPairs; readonly body: Buffer } {
    return this.#options.faultAnswer(status, reason);
  }

  onHttp2(socket: Socket): void {
    socket.destroy();
  }

  onClosed(connection: Http1Connection): void {
    this.#connections.delete(connection);
  }

  /** Takes no more connections; settles when every request is answered, or `drainMs` have passed. */
  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    const closeIdle = (): void => this.#connections.forEach((connection) => connection.isIdle && connection.destroy());
    // A connection that becomes idle later is as little use: its client would hold up the stop until it tires of it.
    const idle = setInterval(closeIdle, 100);
    closeIdle();
    const deadline = setTimeout(() => this.#connections.forEach((connection) => connection.destroy()), drainMs);
    await closed;
    clearTimeout(deadline);
    clearInterval(idle);
    clearInterval(this.#sweep);
  }

  #onSweep(): void {
    this.coarseNowMs = performance.now();
    for (const connection of this.#connections) connection.sweep(this.coarseNowMs);
  }
}
