import { isIP } from "node:net";
import { WireError } from "./wire-error.ts";

/** Where a peer listens. */
export type WireAddress =
  | { readonly kind: "unix"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number };

/** The kernel's limit is 108 bytes with the closing zero on Linux, 104 on macOS. */
const MAX_UNIX_PATH_BYTES = 103;

/** `unix:/run/x.sock` or `tcp:127.0.0.1:9000`, for logs and messages. */
export function formatAddress(address: WireAddress): string {
  return address.kind === "unix" ? `unix:${address.path}` : `tcp:${address.host}:${address.port}`;
}

/** Without TLS bytes never leave this host: throws `refused` for anything else, and for a socket path that cannot work. */
export function checkPlaintextAddress(address: WireAddress): void {
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
  const isLoopback = host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
  if (!isLoopback) throw new WireError("refused", `${host} is not loopback, which needs TLS`, "safe");
}
