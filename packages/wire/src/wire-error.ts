import { GoawayCode } from "./frame-types.ts";

/**
 * Whether a failed request may be sent again without asking if it is idempotent.
 * `safe`: never written, never begun, rejected, or above the last id of a GOAWAY. `taken`: everything else; the peer may have run it.
 */
export type Outcome = "safe" | "taken";

export type WireErrorCode =
  | "protocol_error"
  | "frame_too_large"
  | "flow_control"
  | "version_mismatch"
  | "refused"
  | "handshake_timeout"
  | "keepalive_timeout"
  | "connect_failed"
  | "connection_lost"
  /** The connection was lost, and the peer had not begun with the request: it would have said TAKEN. */
  | "not_begun"
  | "going_away"
  | "rejected"
  | "cancelled"
  | "deadline_exceeded"
  | "head_too_large"
  | "body_too_large"
  | "stream_closed"
  | "internal";

/** What goes wrong on a connection or a stream. Internal to the data plane: the edges translate it for users. */
export class WireError extends Error {
  readonly code: WireErrorCode;
  readonly outcome: Outcome;

  constructor(code: WireErrorCode, message: string, outcome: Outcome = "taken", cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "WireError";
    this.code = code;
    this.outcome = outcome;
  }
}

/** The same failure with another outcome, for one stream of a connection that failed as a whole. */
export function withOutcome(error: WireError, outcome: Outcome): WireError {
  return error.outcome === outcome ? error : new WireError(error.code, error.message, outcome, error.cause);
}

const goawayCodes: Partial<Record<WireErrorCode, GoawayCode>> = {
  protocol_error: GoawayCode.protocolError,
  frame_too_large: GoawayCode.frameTooLarge,
  flow_control: GoawayCode.flowControl,
  version_mismatch: GoawayCode.versionMismatch,
  refused: GoawayCode.refused,
  handshake_timeout: GoawayCode.handshakeTimeout,
  keepalive_timeout: GoawayCode.keepaliveTimeout,
};

/** The GOAWAY code with which this side tells its peer why it closes. */
export function goawayCodeOf(error: WireError): GoawayCode {
  return goawayCodes[error.code] ?? GoawayCode.internal;
}

/** The error that a GOAWAY from the peer stands for. */
export function errorFromGoaway(code: number, text: string): WireError {
  const found = Object.entries(goawayCodes).find(([, value]) => value === code);
  const name = code === GoawayCode.drain ? "going_away" : ((found?.[0] ?? "internal") as WireErrorCode);
  return new WireError(name, `peer closed the connection: ${text === "" ? name : text}`);
}
