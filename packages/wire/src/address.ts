import { isIP } from "node:net";
import type { WireTls } from "./tls.ts";
import { WireError } from "./wire-error.ts";

/** Where a peer listens. `tcp` stays on this host; `tls` goes anywhere, and both sides show certificates. */
export type WireAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp" | "tls"; readonly host: string; readonly port: number };

/** The kernel's limit is 108 bytes with the closing zero on Linux, 104 on macOS. */
const MAX_UNIX_PATH_BYTES = 103;

/** `unix:/run/x.sock`, `tcp:127.0.0.1:9000` or `tls:10.0.0.7:9000`, for logs and messages. */
export function formatAddress(address: WireAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : `${address.kind}:${address.host}:${address.port}`;
}

/**
 * Without TLS bytes never leave this host: throws `refused` for anything else, for a socket path that cannot work, and for
 * TLS without certificates.
 */
export function checkAddress(address: WireAddress, tls: WireTls | undefined): void {
  if (address.kind === "unix") {
    const bytes = Buffer.byteLength(address.path);
    if (bytes > MAX_UNIX_PATH_BYTES) {
      throw new WireError(
        "refused",
        `socket path has ${bytes} bytes, the limit is ${MAX_UNIX_PATH_BYTES}: ${address.path}`,
        "safe",
      );
    }
    return;
  }
  const { host } = address;
  if (address.kind === "tls") {
    if (tls === undefined) throw new WireError("refused", `${host} needs TLS, and no certificate is given`, "safe");
    return;
  }
  const isLoopback = host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  if (!isLoopback) throw new WireError("refused", `${host} is not loopback, which needs TLS`, "safe");
}
