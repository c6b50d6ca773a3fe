import { TLSSocket } from "node:tls";
import type { PeerCertificate, SecureContextOptions } from "node:tls";
import type { Socket } from "node:net";
import { WireError } from "./wire-error.ts";

/** Who is at the other end of a TLS connection, by the certificate that our CA signed. */
export type PeerIdentity = {
  /** DNS and URI names of the certificate, such as `sluice://node/gpu-1`. */
  readonly names: readonly string[];
  /** SHA-256 of the certificate, hex pairs with colons. */
  readonly fingerprint: string;
};

/** Keys and trust of one side. Both sides show a certificate, and both check the other's. PEM or DER. */
export type WireTls = {
  readonly key: string | Buffer;
  readonly cert: string | Buffer;
  /** Signs the certificates of all peers; no other authority is trusted. */
  readonly ca: string | Buffer;
  /**
   * Whether a peer whose certificate holds may talk to us. This decides in place of the host name, because nodes are reached
   * by addresses that change: whoever dials says here which node it means.
   */
  readonly isAllowed: (peer: PeerIdentity) => boolean;
};

const PROTOCOL_NAME = "sluice-wire";

/** What both sides ask of TLS: version 1.3, our CA and nobody else's, and a peer that means this protocol. */
export function tlsOptions(tls: WireTls): SecureContextOptions & { ALPNProtocols: string[] } {
  return { ...contextOptions(tls), ALPNProtocols: [PROTOCOL_NAME] };
}

/** The part of it that changes when a certificate is renewed. */
export function contextOptions({ key, cert, ca }: Omit<WireTls, "isAllowed">): SecureContextOptions {
  return { key, cert, ca, minVersion: "TLSv1.3" };
}

/** The peer's identity, if it may talk to us; throws `refused` otherwise. `socket` has finished its handshake. */
export function admitPeer(socket: TLSSocket, tls: WireTls): PeerIdentity {
  const identity = identityOf(socket);
  if (identity === undefined) throw new WireError("refused", "the peer has no certificate", "safe");
  if (!socket.authorized) {
    throw new WireError(
      "refused",
      `the peer's certificate does not hold: ${String(socket.authorizationError)}`,
      "safe",
    );
  }
  if (socket.alpnProtocol !== PROTOCOL_NAME) throw new WireError("refused", "the peer means another protocol", "safe");
  if (!tls.isAllowed(identity)) {
    throw new WireError("refused", `the certificate of ${identity.names.join(", ")} is not allowed here`, "safe");
  }
  return identity;
}

/** Undefined without TLS. */
export function identityOf(socket: Socket): PeerIdentity | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  // Not `getPeerX509Certificate`: on the dialling side of Node 20 only its first call finds one.
  const { subjectaltname, fingerprint256 }: Partial<PeerCertificate> = socket.getPeerCertificate();
  return fingerprint256 === undefined
    ? undefined
    : { names: readNames(subjectaltname ?? ""), fingerprint: fingerprint256 };
}

/** Node's form: `DNS:a, URI:"b"`; a value that could be mistaken is quoted as JSON. */
export function readNames(subjectAltName: string): string[] {
  const names: string[] = [];
  for (const [, value = ""] of subjectAltName.matchAll(/(?:^|, )(?:DNS|URI):("(?:[^"\\]|\\.)*"|[^,"]*)(?=, |$)/g)) {
    names.push(value.startsWith('"') ? String(JSON.parse(value)) : value);
  }
  return names;
}
