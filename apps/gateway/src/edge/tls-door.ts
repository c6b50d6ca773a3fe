import { createServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type Server as SecureServer, type TLSSocket } from "node:tls";
import type { Certificate } from "./edge-server.ts";

export interface TlsDoorOptions {
  readonly certificate: Certificate;
  /** Time for the first byte, and then for the handshake. */
  readonly helloTimeoutMs: number;
  readonly onSecure: (socket: TLSSocket) => void;
  /** The client speaks something else than TLS. The socket is paused, and what was read of it is put back. */
  readonly onPlain: (socket: Socket) => void;
}

/** What every TLS connection begins with: a record of the type handshake (RFC 8446 5.1). No method of HTTP does. */
const handshakeRecord = 0x16;

/**
 * A server for TLS that looks at the first byte of each connection. Behind a port for TLS a client with `http://` would otherwise see
 * its connection end without a word.
 */
export class TlsDoor {
  readonly server: Server;
  readonly #secure: SecureServer;
  readonly #options: TlsDoorOptions;
  /** Connections whose handshake is not complete, by who is at their other end. */
  readonly #strangers = new Map<string, Socket>();

  constructor(options: TlsDoorOptions) {
    this.#options = options;
    this.#secure = createTlsServer(
      {
        ...options.certificate,
        allowHalfOpen: true,
        handshakeTimeout: options.helloTimeoutMs,
        minVersion: "TLSv1.2",
        ALPNProtocols: ["h2", "http/1.1"],
      },
      (socket) => {
        this.#strangers.delete(nameOf(socket));
        options.onSecure(socket);
      },
    );
    // A handshake that failed, took too long or was left: nobody else lets go of its connection.
    this.#secure.on("tlsClientError", (_error, socket) => socket.destroy());
    this.server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#onConnection(socket));
  }

  /** Nothing is lost with them: no request can have begun. */
  dropStrangers(): void {
    for (const socket of this.#strangers.values()) socket.destroy();
  }

  #onConnection(socket: Socket): void {
    const leave = (): void => void socket.destroy();
    const name = nameOf(socket);
    this.#strangers.set(name, socket);
    socket.on("error", leave);
    socket.once("end", leave);
    socket.once("close", () => {
      // The same client may be back by the same port already.
      if (this.#strangers.get(name) === socket) this.#strangers.delete(name);
    });
    socket.setTimeout(this.#options.helloTimeoutMs, leave);
    socket.once("data", (first: Buffer) => {
      socket.off("end", leave);
      socket.setTimeout(0, leave);
      // A flowing socket would hand what is put back to nobody.
      socket.pause();
      socket.unshift(first);
      if (first[0] === handshakeRecord) return void this.#secure.emit("connection", socket);
      this.#strangers.delete(name);
      this.#options.onPlain(socket);
    });
  }
}

function nameOf({ remoteAddress = "", remotePort = 0 }: Socket): string {
  return `${remoteAddress} ${String(remotePort)}`;
}
