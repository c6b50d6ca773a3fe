import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { lendAccepted } from "@sluice/wire";
import type { Exchange, HeaderPairs } from "../exchange/exchange.ts";
import { Http1Connection, type ConnectionHost } from "../http1/http1-connection.ts";
import { sweepIntervalMs } from "../http1/phase.ts";
import { Http2Sessions } from "../http2/http2-sessions.ts";
import type { EdgeLimits } from "./limits.ts";
import { plainTextHost } from "./plain-text-host.ts";
import { TlsDoor } from "./tls-door.ts";

/** PEM texts. */
export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

export interface EdgeServerOptions {
  readonly limits: EdgeLimits;
  /** With a certificate the port speaks TLS only, and HTTP/2 with clients that can. */
  readonly certificate: Certificate | null;
  readonly onExchange: (exchange: Exchange) => void;
  readonly faultAnswer: ConnectionHost["faultAnswer"];
}

const idleCheckMs = 100;
/** Connections that wait to be taken: as many as the kernel allows (net.core.somaxconn). Beyond it clients retry, after 200 ms to seconds. */
const maxBacklog = 65_535;

/** Takes clients' connections, over TCP or TLS, and speaks with each what it speaks: HTTP/1.1 or HTTP/2. */
export class EdgeServer implements ConnectionHost {
  readonly limits: EdgeLimits;
  isStopping = false;
  coarseNowMs = performance.now();
  readonly #options: EdgeServerOptions;
  readonly #connections = new Set<Http1Connection>();
  readonly #http2: Http2Sessions;
  readonly #server: Server;
  readonly #tlsDoor: TlsDoor | null;
  readonly #sweep: NodeJS.Timeout;

  constructor(options: EdgeServerOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.#http2 = new Http2Sessions(options.limits, options.onExchange);
    this.#tlsDoor = options.certificate === null ? null : this.#createTlsDoor(options.certificate);
    this.#server = this.#tlsDoor?.server ?? this.#createServer();
    this.#server.maxConnections = options.limits.maxConnections;
    this.#sweep = setInterval(() => this.#onSweep(), sweepIntervalMs(options.limits)).unref();
  }

  /** Settles when connections are taken; the port that was chosen for 0. */
  async listen(port: number, host: string): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ port, host, backlog: maxBacklog }, () => resolve());
    });
    return (this.#server.address() as AddressInfo).port;
  }

  get connectionCount(): number {
    return this.#connections.size + this.#http2.count;
  }

  onExchange(exchange: Exchange): void {
    this.#options.onExchange(exchange);
  }

  faultAnswer(status: number, reason: string): { readonly headers: HeaderPairs; readonly body: Buffer } {
    return this.#options.faultAnswer(status, reason);
  }

  onHttp2(socket: Socket, read: Buffer): void {
    this.#http2.accept(socket, read);
  }

  onClosed(connection: Http1Connection): void {
    this.#connections.delete(connection);
  }

  /** Takes no more connections; settles when every request is answered, or `drainMs` have passed. */
  async stop(drainMs: number): Promise<void> {
    this.isStopping = true;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    // A connection that becomes idle later is as little use: its client would hold up the stop until it tires of it.
    const closeIdle = (): void => {
      this.#connections.forEach((connection) => connection.isIdle && connection.destroy());
      this.#tlsDoor?.dropStrangers();
    };
    const idle = setInterval(closeIdle, idleCheckMs);
    closeIdle();
    this.#http2.drain();
    const deadline = setTimeout(() => {
      this.#connections.forEach((connection) => connection.destroy());
      this.#http2.destroy();
    }, drainMs);
    await closed;
    clearTimeout(deadline);
    clearInterval(idle);
    clearInterval(this.#sweep);
  }

  /** Half-open, because this side decides what a client's last byte means. */
  #createServer(): Server {
    return createTcpServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#speakHttp1(lendAccepted(socket, true), this),
    );
  }

  #createTlsDoor(certificate: Certificate): TlsDoor {
    const plain = plainTextHost(this);
    return new TlsDoor({
      certificate,
      helloTimeoutMs: this.limits.headTimeoutMs,
      onSecure: (socket) => {
        if (socket.alpnProtocol === "h2") this.#http2.accept(socket, undefined);
        else this.#speakHttp1(socket, this);
      },
      onPlain: (socket) => {
        this.#speakHttp1(socket, plain);
        socket.resume();
      },
    });
  }

  #speakHttp1(socket: Socket, host: ConnectionHost): void {
    this.#connections.add(new Http1Connection(socket, host));
  }

  #onSweep(): void {
    this.coarseNowMs = performance.now();
    for (const connection of this.#connections) connection.sweep(this.coarseNowMs);
  }
}
