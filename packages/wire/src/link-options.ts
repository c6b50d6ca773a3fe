import { PeerRole } from "./frame-types.ts";

/** Settings of one side of a connection; all have defaults. */
export type LinkOptions = {
  readonly role: PeerRole;
  /** Who this is, for the peer's logs: a replica or gateway id. */
  readonly peerId: string;
  readonly software: string;
  /** Body bytes accepted per stream before the reader has consumed any. */
  readonly streamWindowBytes: number;
  /** The same once the reader has consumed half of that. */
  readonly grownStreamWindowBytes: number;
  /** Body bytes accepted over all streams: the bound of memory that unread bodies of one peer can take. */
  readonly connectionWindowBytes: number;
  readonly maxFrameBytes: number;
  /** Streams that the peer may have open at once; more are rejected unseen. */
  readonly maxStreams: number;
  /**
   * Bytes that may wait for a peer that does not read. A listener with more stops reading requests until half of it is gone;
   * a dialler with so many bytes of heads opens no more streams, and ends the connection at twice as many.
   */
  readonly maxUnsentBytes: number;
  readonly handshakeTimeoutMs: number;
  /** Silence after which a PING goes out. */
  readonly pingIntervalMs: number;
  /** Silence after a PING that ends the connection. Generous: user code may hold a replica's event loop for a while. */
  readonly pingTimeoutMs: number;
};

/** What one side of a connection can do beyond the protocol's version: bits of `Capability`. */
export type LinkOffer = { readonly capabilities: number };

export const defaultLinkOptions: LinkOptions = {
  role: PeerRole.unspecified,
  peerId: "",
  software: "sluice",
  streamWindowBytes: 262_144,
  grownStreamWindowBytes: 1_048_576,
  connectionWindowBytes: 67_108_864,
  maxFrameBytes: 262_144,
  maxStreams: 65_536,
  maxUnsentBytes: 8_388_608,
  handshakeTimeoutMs: 5_000,
  pingIntervalMs: 5_000,
  pingTimeoutMs: 15_000,
};
