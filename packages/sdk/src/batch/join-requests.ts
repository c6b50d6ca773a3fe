import type { RequestContext, RequestTimings } from "../context/request-context.ts";

/**
 * The request a batch runs in, made of those of its items: the id and trace of the first, the latest deadline, and a signal
 * that aborts when nobody waits any more. All items ask for the same model. Undefined when none came from a request.
 */
export function joinRequests(requests: readonly (RequestContext | undefined)[]): RequestContext | undefined {
  const first = requests.find((request) => request !== undefined);
  if (first === undefined || requests.length === 1) return first;
  return new JoinedRequest(first, requests);
}

class JoinedRequest implements RequestContext {
  readonly requestId: string;
  readonly traceparent: string;
  readonly deadlineAtMs: number;
  readonly multiplexedModelId: string;
  readonly timings: RequestTimings = {};
  readonly #requests: readonly (RequestContext | undefined)[];
  #signal: AbortSignal | undefined;

  constructor(first: RequestContext, requests: readonly (RequestContext | undefined)[]) {
    this.requestId = first.requestId;
    this.traceparent = first.traceparent;
    this.multiplexedModelId = first.multiplexedModelId;
    this.deadlineAtMs = Math.max(...requests.map((request) => request?.deadlineAtMs ?? Infinity));
    this.#requests = requests;
  }

  /** Most batches never ask. */
  get signal(): AbortSignal {
    this.#signal ??= abortWhenAll(this.#requests.map((request) => request?.signal));
    return this.#signal;
  }
}

function abortWhenAll(signals: readonly (AbortSignal | undefined)[]): AbortSignal {
  const all = new AbortController();
  let left = signals.length;
  const onAbort = (reason: unknown): void => {
    left -= 1;
    if (left === 0) all.abort(reason);
  };
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) onAbort(signal.reason);
    else signal.addEventListener("abort", () => onAbort(signal.reason), { once: true });
  }
  return all.signal;
}
