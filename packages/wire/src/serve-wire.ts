import { chmod, unlink } from "node:fs/promises";
import { createConnection, createServer } from "node:net";
import type { Server, Socket } from "node:net";
import { createServer as createTlsServer, Server as TlsServer } from "node:tls";
import { checkAddress, formatAddress } from "./address.ts";
import type { WireAddress } from "./address.ts";
import { Capability } from "./frame-types.ts";
import { lendAccepted } from "./lent-reads.ts";
import { defaultLinkOptions } from "./link-options.ts";
import type { LinkOptions } from "./link-options.ts";
import { ServerConnection } from "./server-connection.ts";
import type { RequestHandler, ServerConnectionEvents } from "./server-connection.ts";
import { admitPeer, contextOptions, tlsOptions } from "./tls.ts";
import type { WireTls } from "./tls.ts";
import { WireError } from "./wire-error.ts";

export type WireServerOptions = Partial<LinkOptions> &
  ServerConnectionEvents & {
    /** For addresses of kind `tls`. */
    readonly tls?: WireTls;
    /**
     * The handler lets no unsafe request begin before `onceTaken` does; what had not begun when this process dies is then sent to
     * another. A handler that forgets it has requests run twice.
     */
    readonly saysTaken?: boolean;
    /** Somebody was turned away at TLS: no certificate, a foreign one, or one that is not allowed. For the log. */
    readonly onRefused?: (reason: string, remoteAddress: string) => void;
  };

/** A listener and its connections. */
export type WireServer = {
  /** Where it listens, with the real port when 0 was asked for. */
  readonly address: WireAddress;
  readonly connections: ReadonlySet<ServerConnection>;
  /**
   * Tells every caller, now and as it connects, which models this replica holds: most recently used first, since a list
   * over the caller's frame limit is cut at its end.
   */
  announceModels(modelIds: readonly string[]): void;
  /** Shows another certificate, and judges by another authority, from the next connection on; those that are open stay. */
  renewTls(tls: Omit<WireTls, "isAllowed">): void;
  /** Takes no new connections or requests, lets open requests finish, at most for `graceMs`. */
  drain(graceMs?: number): Promise<void>;
  /** Ends everything now. */
  close(): Promise<void>;
};

/** Listens and calls `handler` for every request. A stale socket file of a dead process is replaced. */
export async function serveWire(
  address: WireAddress,
  handler: RequestHandler,
  options: WireServerOptions = {},
): Promise<WireServer> {
  checkAddress(address, options.tls);
  const capabilities = address.kind === "unix" && options.saysTaken === true ? Capability.taken : 0;
  const linkOptions = { ...defaultLinkOptions, ...options, capabilities };
  const connections = new Set<ServerConnection>();
  let modelIds: readonly string[] = [];
  const accept = (socket: Socket): ServerConnection => {
    const connection = new ServerConnection(socket, linkOptions, handler, {
      ...options,
      onConnection: (opened) => {
        if (modelIds.length > 0) opened.sendModels(modelIds);
        options.onConnection?.(opened);
      },
      onConnectionClosed: (closed, error) => {
        connections.delete(closed);
        options.onConnectionClosed?.(closed, error);
      },
    });
    connections.add(connection);
    return connection;
  };
  const strangers = new Set<Socket>();
  const server =
    address.kind === "tls" && options.tls !== undefined
      ? createSecureServer(options.tls, linkOptions.handshakeTimeoutMs, accept, strangers, options.onRefused)
      : createServer({ noDelay: address.kind === "tcp" }, (socket) => accept(lendAccepted(socket, false)));
  await listen(server, address);
  const stopListening = async (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      for (const stranger of strangers) stranger.destroy();
    });
  return {
    address: boundAddress(server, address),
    connections,
    announceModels: (held) => {
      modelIds = [...held];
      for (const connection of connections) connection.sendModels(modelIds);
    },
    renewTls: (tls) => {
      if (server instanceof TlsServer) server.setSecureContext(contextOptions(tls));
    },
    drain: async (graceMs) => {
      const stopped = stopListening();
      await Promise.all([...connections].map(async (connection) => connection.drain(graceMs)));
      await stopped;
    },
    close: async () => {
      const stopped = stopListening();
      for (const connection of connections) connection.destroy("the listener is closed");
      await stopped;
    },
  };
}

/** `strangers` holds connections that have not finished TLS, so that they do not hold up the end. */
function createSecureServer(
  tls: WireTls,
  handshakeTimeout: number,
  accept: (socket: Socket) => ServerConnection,
  strangers: Set<Socket>,
  onRefused: WireServerOptions["onRefused"],
): Server {
  // `admitPeer` rejects, so that the dialler is told why: Node would only drop the connection.
  const options = { ...tlsOptions(tls), requestCert: true, rejectUnauthorized: false, noDelay: true, handshakeTimeout };
  const server = createTlsServer(options, (socket) => {
    try {
      admitPeer(socket, tls);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      onRefused?.(reason, socket.remoteAddress ?? "");
      accept(socket).refuse(reason);
      return;
    }
    accept(socket);
  });
  server.on("tlsClientError", (error, socket) => {
    onRefused?.(error.message, socket.remoteAddress ?? "");
    // After its time limit Node tells, but keeps the connection.
    socket.destroy();
  });
  server.on("connection", (socket: Socket) => {
    strangers.add(socket);
    socket.once("close", () => strangers.delete(socket));
  });
  server.on("secureConnection", (socket) => {
    // The raw socket below it is not ours to end any more; TLS does that.
    const { remotePort, remoteAddress } = socket;
    for (const stranger of strangers) {
      if (stranger.remotePort === remotePort && stranger.remoteAddress === remoteAddress) strangers.delete(stranger);
    }
  });
  return server;
}

async function listen(server: Server, address: WireAddress): Promise<void> {
  try {
    await listenOnce(server, address);
  } catch (error) {
    const isTaken = error instanceof Error && "code" in error && error.code === "EADDRINUSE";
    if (!isTaken || address.kind !== "unix" || (await answers(address.path))) {
      const text = error instanceof Error ? error.message : String(error);
      throw new WireError("connect_failed", `cannot listen on ${formatAddress(address)}: ${text}`, "safe", error);
    }
    await unlink(address.path);
    await listenOnce(server, address);
  }
  // Whoever may connect may send requests: the owner only.
  if (address.kind === "unix") await chmod(address.path, 0o600);
}

async function listenOnce(server: Server, address: WireAddress): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection({ path });
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {
      resolve(false);
    });
  });
}

function boundAddress(server: Server, address: WireAddress): WireAddress {
  const bound = server.address();
  return address.kind !== "unix" && bound !== null && typeof bound === "object"
    ? { ...address, port: bound.port }
    : address;
}
