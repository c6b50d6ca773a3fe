/** The numbers of the wire, as SPEC.md fixes them. Changing one is a new protocol version. */

export const PROTOCOL_VERSION_MIN = 1;
export const PROTOCOL_VERSION_MAX = 1;

/** Bytes before every payload: u32 length, u8 type, u8 flags, u16 reserved, u32 stream id. */
export const FRAME_HEADER_BYTES = 12;

/** "SLWR" read as a little-endian u32: the first four bytes of HELLO and WELCOME. */
export const MAGIC = 0x52574c53;

/** Until the handshake is done no frame may be larger, so that a stranger cannot make us hold memory. */
export const HANDSHAKE_MAX_PAYLOAD_BYTES = 4096;

/** A peer may not announce a smaller limit: every head of ordinary size must fit. */
export const MIN_MAX_FRAME_BYTES = 16_384;

/** Largest value of a flow-control window, and of one increment. */
export const MAX_WINDOW_BYTES = 0x7fff_ffff;

/** Largest stream id; a connection that reaches it is drained and replaced. */
export const MAX_STREAM_ID = 0xffff_ffff;

export const FrameType = {
  hello: 0x01,
  welcome: 0x02,
  ping: 0x03,
  pong: 0x04,
  goaway: 0x05,
  windowUpdate: 0x06,
  slot: 0x07,
  httpRequest: 0x10,
  call: 0x11,
  httpResponse: 0x12,
  result: 0x13,
  data: 0x14,
  trailers: 0x15,
  cancel: 0x16,
  reject: 0x17,
  /** Extensions: older receivers skip them. */
  models: 0x80,
  taken: 0x81,
} as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Types from here on are extensions: a receiver that does not know one skips it. */
export const FIRST_EXTENSION_TYPE = 0x80;

/** Bits of `capabilities` in HELLO and WELCOME: what both sides say holds on the connection. */
export const Capability = {
  /**
   * The listener says TAKEN before it lets an unsafe request begin. Only over Unix sockets, where all that a dying process had
   * written still reaches its peer; a TCP reset may drop it, and then silence proves nothing.
   */
  taken: 1,
} as const;

/** Flag: the last frame of this stream in this direction. */
export const FLAG_END = 0x01;

export const GoawayCode = {
  drain: 0,
  protocolError: 1,
  versionMismatch: 2,
  frameTooLarge: 3,
  flowControl: 4,
  keepaliveTimeout: 5,
  internal: 6,
  refused: 7,
  handshakeTimeout: 8,
} as const;
export type GoawayCode = (typeof GoawayCode)[keyof typeof GoawayCode];

export const CancelCode = {
  unspecified: 0,
  /** Nobody waits for the answer any more. */
  callerGone: 1,
  deadlineExceeded: 2,
  /** Another attempt of the same request has already answered. */
  superseded: 3,
  shuttingDown: 4,
  /** The answering side broke off in the middle of an answer. */
  failed: 5,
  /** The answer is complete; the rest of the request body will not be read. */
  bodyNotWanted: 6,
} as const;
export type CancelCode = (typeof CancelCode)[keyof typeof CancelCode];

export const RejectCode = {
  /** `max_ongoing_requests` is reached: the caller becomes a waiter and will get SLOT. */
  atCapacity: 0,
  /** The replica finishes what it has and takes nothing new: no SLOT will come. */
  draining: 1,
  /** The replica is not ready yet: no SLOT will come. */
  notReady: 2,
  /** The application, deployment or revision asked for is not here: the caller's routing is stale. */
  wrongTarget: 3,
} as const;
export type RejectCode = (typeof RejectCode)[keyof typeof RejectCode];

export const PeerRole = { unspecified: 0, gateway: 1, replica: 2, tool: 3 } as const;
export type PeerRole = (typeof PeerRole)[keyof typeof PeerRole];

/** How the body of CALL and RESULT is encoded. */
export const Encoding = { none: 0, json: 1, msgpack: 2, bytes: 3, opaque: 4 } as const;
export type Encoding = (typeof Encoding)[keyof typeof Encoding];
