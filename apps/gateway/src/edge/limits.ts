/** What one client may take of the gateway. Times in milliseconds. */
export interface EdgeLimits {
  /** Longest head of a request, its empty line included. */
  readonly maxHeadBytes: number;
  readonly maxConnections: number;
  /** A client must deliver the whole head within this time. */
  readonly headTimeoutMs: number;
  /** Longest pause inside a request's body, and longest time that a client takes nothing of its answer. */
  readonly stallTimeoutMs: number;
  /** A connection without a request is let go after this time. */
  readonly keepAliveTimeoutMs: number;
}
