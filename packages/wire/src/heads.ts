import type { CancelCode, Encoding, RejectCode } from "./frame-types.ts";

/** Name, value, name, value, ... in the order received; the shape of Node's `rawHeaders`. */
export type HeaderPairs = readonly string[];

/** At a split node of the graph this request was sent to this variant, and stays there. */
export type SplitChoice = { readonly node: string; readonly variant: string };

/** What every request carries, whoever sends it: HTTP through a gateway or a call through a handle. */
export type RequestMetadata = {
  readonly requestId: string;
  readonly traceparent: string;
  readonly application: string;
  readonly revision: number;
  readonly deployment: string;
  /** Route prefix that matched; empty for calls that did not start as HTTP. */
  readonly route: string;
  /** Deployment that calls; empty when the gateway does. */
  readonly caller: string;
  readonly stickyKey: string;
  readonly multiplexedModelId: string;
  /** Milliseconds left when the frame was written; 0 = no deadline. Relative, because clocks differ between hosts. */
  readonly deadlineMs: number;
  /** 0 for the first try, +1 for each retry (0..255). */
  readonly attempt: number;
  readonly splitChoices: readonly SplitChoice[];
  /** Further pairs that travel with the request through every hop; unknown names are passed on. */
  readonly extras: HeaderPairs;
};

export type HttpRequestHead = RequestMetadata & {
  readonly kind: "http";
  readonly method: string;
  /** Path and query as the client sent them, the route prefix included. */
  readonly target: string;
  readonly clientAddress: string;
  readonly headers: HeaderPairs;
};

export type CallHead = RequestMetadata & {
  readonly kind: "call";
  readonly method: string;
  /** Of the body: json and msgpack hold the array of arguments, bytes the one binary argument. */
  readonly encoding: Encoding;
  readonly headers: HeaderPairs;
};

export type RequestHead = HttpRequestHead | CallHead;

export type HttpResponseHead = {
  readonly kind: "http";
  readonly status: number;
  /** Requests running in the replica as this head was written: fresh load for the caller's choice. */
  readonly ongoing: number;
  readonly headers: HeaderPairs;
};

/** An error thrown by the code of the far side. */
export type RemoteError = {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  /** Machine-readable code, empty when the error has none. */
  readonly code: string;
};

export type ResultHead = {
  readonly kind: "call";
  readonly encoding: Encoding;
  /** `value`: the body is one value. `items`: each item is u32 LE length + bytes (see ItemReader). */
  readonly shape: "value" | "items";
  readonly ongoing: number;
  readonly error: RemoteError | undefined;
  readonly headers: HeaderPairs;
};

export type ResponseHead = HttpResponseHead | ResultHead;

/** End of an answer with something to say: HTTP trailers, or the error that broke a streamed result. */
export type Trailers = {
  readonly error: RemoteError | undefined;
  readonly headers: HeaderPairs;
  readonly ongoing: number;
};

/** The replica did not take the request. */
export type Reject = { readonly ongoing: number; readonly max: number; readonly code: RejectCode };

/** A slot of the replica became free (towards a waiter), or is given back unused (towards the replica). */
export type Slot = { readonly ongoing: number; readonly max: number };

export type Cancel = { readonly code: CancelCode; readonly text: string };

export const NO_PAIRS: HeaderPairs = Object.freeze([]);
const NO_CHOICES: readonly SplitChoice[] = Object.freeze([]);

/**
 * A head for an HTTP request; what is not given is "none". Written out field by field: spreading so many properties makes
 * an object that the engine stores as a hash table, which costs more than all the rest of encoding.
 */
export function httpRequestHead(
  given: Partial<Omit<HttpRequestHead, "kind">> & { readonly method: string; readonly target: string },
): HttpRequestHead {
  return {
    requestId: given.requestId ?? "",
    traceparent: given.traceparent ?? "",
    application: given.application ?? "",
    revision: given.revision ?? 0,
    deployment: given.deployment ?? "",
    route: given.route ?? "",
    caller: given.caller ?? "",
    stickyKey: given.stickyKey ?? "",
    multiplexedModelId: given.multiplexedModelId ?? "",
    deadlineMs: given.deadlineMs ?? 0,
    attempt: given.attempt ?? 0,
    splitChoices: given.splitChoices ?? NO_CHOICES,
    extras: given.extras ?? NO_PAIRS,
    kind: "http",
    method: given.method,
    target: given.target,
    clientAddress: given.clientAddress ?? "",
    headers: given.headers ?? NO_PAIRS,
  };
}

/** A head for a call; what is not given is "none". */
export function callHead(
  given: Partial<Omit<CallHead, "kind">> & { readonly method: string; readonly encoding: Encoding },
): CallHead {
  return {
    requestId: given.requestId ?? "",
    traceparent: given.traceparent ?? "",
    application: given.application ?? "",
    revision: given.revision ?? 0,
    deployment: given.deployment ?? "",
    route: given.route ?? "",
    caller: given.caller ?? "",
    stickyKey: given.stickyKey ?? "",
    multiplexedModelId: given.multiplexedModelId ?? "",
    deadlineMs: given.deadlineMs ?? 0,
    attempt: given.attempt ?? 0,
    splitChoices: given.splitChoices ?? NO_CHOICES,
    extras: given.extras ?? NO_PAIRS,
    kind: "call",
    method: given.method,
    encoding: given.encoding,
    headers: given.headers ?? NO_PAIRS,
  };
}

/** A head for an HTTP answer. */
export function httpResponseHead(status: number, headers: HeaderPairs = NO_PAIRS, ongoing = 0): HttpResponseHead {
  return { kind: "http", status, ongoing, headers };
}

/** A head for the answer of a call. */
export function resultHead(given: Partial<Omit<ResultHead, "kind">> & { readonly encoding: Encoding }): ResultHead {
  return {
    kind: "call",
    encoding: given.encoding,
    shape: given.shape ?? "value",
    ongoing: given.ongoing ?? 0,
    error: given.error,
    headers: given.headers ?? NO_PAIRS,
  };
}
