/** The only door of @sluice/wire. SPEC.md has the bytes, README.md a sketch of both sides. */

export { connectWire } from "./connect-wire.ts";
export type { ConnectOptions } from "./connect-wire.ts";
export { serveWire } from "./serve-wire.ts";
export type { WireServer, WireServerOptions } from "./serve-wire.ts";
export { lendAccepted, readLent, scribbleOverReads, stopReadingLent } from "./lent-reads.ts";
export { collectBodies, takeBodyMemory } from "./body-memory.ts";
export { BLOCK_BYTES, giveBlock, MIN_BLOCK_BYTES, takeBlock } from "./memory-blocks.ts";
export type { ReadLent } from "./lent-reads.ts";
export { formatAddress } from "./address.ts";
export type { WireAddress } from "./address.ts";
export type { PeerIdentity, WireTls } from "./tls.ts";
export { CertificateAsks } from "./identity/certificate-asks.ts";
export { OwnCertificate } from "./identity/own-certificate.ts";
export type { Certified, KeyWithCertificate, OwnCertificateOptions } from "./identity/own-certificate.ts";

export type { ClientConnection, ClientConnectionEvents, ClientConnectionOptions } from "./client-connection.ts";
export type { AnswerEvents, ClientStream } from "./client-stream.ts";
export { RejectedError, requestAnswer } from "./answer.ts";
export type { Answer } from "./answer.ts";

export type { RequestHandler, ServerConnection, ServerConnectionEvents, WireRequest } from "./server-connection.ts";
export type { Gone, ServerStream } from "./server-stream.ts";
export type { BodyInbox, BodySink } from "./body-inbox.ts";
export type { WireStream } from "./wire-stream.ts";
export type { LinkOptions } from "./link-options.ts";
export type { Hello } from "./hello.ts";
export { isSafeMethod } from "./says-taken.ts";
export { SlotWaiters } from "./slot-waiters.ts";

export { WireError } from "./wire-error.ts";
export type { Outcome, WireErrorCode } from "./wire-error.ts";
export { CancelCode, Encoding, GoawayCode, PeerRole, RejectCode } from "./frame-types.ts";
export { callHead, httpRequestHead, httpResponseHead, resultHead } from "./heads.ts";
export type {
  CallHead,
  Cancel,
  HeaderPairs,
  HttpRequestHead,
  HttpResponseHead,
  Reject,
  RemoteError,
  RequestHead,
  RequestMetadata,
  ResponseHead,
  ResultHead,
  Slot,
  SplitChoice,
  Trailers,
} from "./heads.ts";
export { ItemReader, encodeItem } from "./item-frames.ts";
