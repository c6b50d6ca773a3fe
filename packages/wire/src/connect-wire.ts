import { Socket } from "node:net";
import type { SocketConstructorOpts, TcpSocketConnectOpts } from "node:net";
import { connect as connectTls } from "node:tls";
import { checkAddress, formatAddress } from "./address.ts";
import type { WireAddress } from "./address.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientConnectionOptions } from "./client-connection.ts";
import { Capability } from "./frame-types.ts";
import { makeLendingSocket } from "./lent-reads.ts";
import { defaultLinkOptions } from "./link-options.ts";
import { admitPeer, tlsOptions } from "./tls.ts";
import type { WireTls } from "./tls.ts";
import { UnixSocket } from "./unix-socket.ts";
import { WireError } from "./wire-error.ts";

/** `tls`: for addresses of kind `tls`. */
export type ConnectOptions = ClientConnectionOptions & { readonly tls?: WireTls };

/** Dials a peer and shakes hands. Rejects with a WireError whose outcome is `safe`: nothing was sent yet. */
export async function connectWire(address: WireAddress, options: ConnectOptions = {}): Promise<ClientConnection> {
  checkAddress(address, options.tls);
  const capabilities = address.kind === "unix" ? Capability.taken : 0;
  const linkOptions = { ...defaultLinkOptions, ...options, capabilities };
  return new Promise((resolve, reject) => {
    const onConnectError = (error: Error): void => {
      clearTimeout(timer);
      reject(
        error instanceof WireError
          ? new WireError(error.code, `${formatAddress(address)}: ${error.message}`, "safe", error)
          : new WireError(
              isTlsFailure(error) ? "refused" : "connect_failed",
              `cannot connect to ${formatAddress(address)}: ${error.message}`,
              "safe",
              error,
            ),
      );
    };
    const socket = dial(address, options.tls, (connected) => {
      clearTimeout(timer);
      connected.off("error", onConnectError);
      const connection: ClientConnection = new ClientConnection(
        connected,
        linkOptions,
        options,
        options.firstStreamId ?? 1,
        (error) => {
          if (error === undefined) resolve(connection);
          else reject(new WireError(error.code, `${formatAddress(address)}: ${error.message}`, "safe", error));
        },
      );
    });
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${linkOptions.handshakeTimeoutMs} ms`));
    }, linkOptions.handshakeTimeoutMs);
    socket.once("error", onConnectError);
  });
}

/** Calls `onConnected` once, after TLS has let the peer in. */
function dial(address: WireAddress, tls: WireTls | undefined, onConnected: (socket: Socket) => void): Socket {
  if (address.kind === "unix") {
    const socket = makeLendingSocket((onread) => new UnixSocket({ onread } as SocketConstructorOpts));
    return socket.connect({ path: address.path }, () => {
      onConnected(socket);
    });
  }
  if (address.kind !== "tls" || tls === undefined) {
    const socket = makeLendingSocket((onread) => new Socket({ onread } as SocketConstructorOpts));
    return socket.connect({ host: address.host, port: address.port, noDelay: true } as TcpSocketConnectOpts, () => {
      onConnected(socket);
    });
  }
  const secure = connectTls(
    {
      ...tlsOptions(tls),
      host: address.host,
      port: address.port,
      rejectUnauthorized: true,
      // `isAllowed` judges the identity instead of the host name; the chain up to our CA is checked all the same.
      checkServerIdentity: () => undefined,
    },
    () => {
      try {
        admitPeer(secure, tls);
      } catch (error) {
        secure.destroy(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      secure.setNoDelay(true);
      onConnected(secure);
    },
  );
  return secure;
}

/** The certificate, not the network, is the trouble: trying again will not help. */
function isTlsFailure(error: Error): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  return code.startsWith("ERR_SSL") || code.startsWith("ERR_TLS") || /CERT|SIGNATURE|ISSUER/.test(code);
}
