import { createConnection } from "node:net";
import { checkPlaintextAddress, formatAddress } from "./address.ts";
import type { WireAddress } from "./address.ts";
import { ClientConnection } from "./client-connection.ts";
import type { ClientConnectionOptions } from "./client-connection.ts";
import { defaultLinkOptions } from "./link-options.ts";
import { WireError } from "./wire-error.ts";

/** Dials a peer and shakes hands. Rejects with a WireError whose outcome is `safe`: nothing was sent yet. */
export async function connectWire(
  address: WireAddress,
  options: ClientConnectionOptions = {},
): Promise<ClientConnection> {
  checkPlaintextAddress(address);
  const linkOptions = { ...defaultLinkOptions, ...options };
  return new Promise((resolve, reject) => {
    const socket = createConnection(
      address.kind === "unix" ? { path: address.path } : { host: address.host, port: address.port, noDelay: true },
    );
    const onConnectError = (error: Error): void => {
      clearTimeout(timer);
      reject(
        new WireError("connect_failed", `cannot connect to ${formatAddress(address)}: ${error.message}`, "safe", error),
      );
    };
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no connection within ${linkOptions.handshakeTimeoutMs} ms`));
    }, linkOptions.handshakeTimeoutMs);
    socket.once("error", onConnectError);
    socket.once("connect", () => {
      clearTimeout(timer);
      socket.off("error", onConnectError);
      const connection: ClientConnection = new ClientConnection(
        socket,
        linkOptions,
        options,
        options.firstStreamId ?? 1,
        (error) => {
          if (error === undefined) resolve(connection);
          else reject(new WireError(error.code, `${formatAddress(address)}: ${error.message}`, "safe", error));
        },
      );
    });
  });
}
