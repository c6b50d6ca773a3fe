/** What batching and models say about one request; the host turns it into `Server-Timing`. Written in place. */
export interface RequestTimings {
  /** Milliseconds the request waited in a batch queue. */
  batchWaitMs?: number;
  /** Requests in the batch it ran with. */
  batchSize?: number;
  /** Largest batch there could have been. */
  batchLimit?: number;
  /** Why the batch was released: "full", "timeout", ... */
  batchReason?: string;
  /** Milliseconds in the model; without it the time in user code counts. */
  modelMs?: number;
}

/** The request on whose behalf code runs. Calls through handles pass it on by themselves. */
export interface RequestContext {
  /** Made by the gateway; the same in every deployment the request passes through. */
  readonly requestId: string;
  /** W3C trace context whose parent id is the span of this hop; "" when the request has none. */
  readonly traceparent: string;
  /** On the clock of `performance.now()`; Infinity without a deadline. */
  readonly deadlineAtMs: number;
  /** Aborts when the caller goes away or the deadline passes. Made on first use. */
  readonly signal: AbortSignal;
  /** "" when the request asks for none. */
  readonly multiplexedModelId: string;
  readonly timings: RequestTimings;
  /** Revision of the application that the request belongs to. Not there outside replicas. */
  readonly revision?: number;
  /**
   * Calls `listener` once nobody waits for the answer any more, at once when that is so; the answer takes it back. Costs
   * less than `signal`. Not there outside replicas.
   */
  onGone?(listener: (reason: Error) => void): () => void;
  /** Calls `listener` once the code of the request has ended, whether it was answered or not. Not there outside replicas. */
  onEnd?(listener: () => void): void;
}

/** Where code runs. */
export interface ReplicaContext {
  readonly application: string;
  readonly deployment: string;
  readonly replicaId: string;
  /** Revision for which the replica was started; a request may belong to a later one that shares it. */
  readonly revision: number;
  readonly version: string;
  readonly nodeId: string;
  /** 0 for the member that takes requests. */
  readonly rank: number;
  readonly worldSize: number;
}
