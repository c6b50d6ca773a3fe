import { contextSlot } from "../context/context-slot.ts";
import type { EndableRequest } from "../context/context-slot.ts";
import type { RequestContext, RequestTimings } from "../context/request-context.ts";

/** The request a batch runs in, and what to call when the batch has ended. */
export interface BatchRequest {
  readonly request: RequestContext | undefined;
  readonly end: () => void;
}

/**
 * One request made of those of the items: the id and trace of the first, the latest deadline, and a signal that aborts when
 * nobody waits any more. All items ask for the same model. None when no item came from a request.
 */
export function joinRequests(requests: readonly (RequestContext | undefined)[]): BatchRequest {
  const known = requests.filter((request) => request !== undefined);
  const [first] = known;
  if (first === undefined || requests.length === 1) return { request: first, end: () => undefined };
  // An item from outside of any request waits without end, and so does the batch that it is in.
  const joined = known.length === requests.length ? contextSlot().joinRequests?.(known) : undefined;
  const request = joined ?? new JoinedRequest(first, requests);
  return { request, end: () => request.end() };
}

class JoinedRequest implements EndableRequest {
  readonly requestId: string;
  readonly traceparent: string;
  readonly deadlineAtMs: number;
  readonly multiplexedModelId: string;
  readonly timings: RequestTimings = {};
  readonly #requests: readonly (RequestContext | undefined)[];
  readonly #endListeners: (() => void)[] = [];
  #signal: AbortSignal | undefined;

  constructor(first: RequestContext, requests: readonly (RequestContext | undefined)[]) {
    this.requestId = first.requestId;
    this.traceparent = first.traceparent;
    this.multiplexedModelId = first.multiplexedModelId;
    this.deadlineAtMs = Math.max(...requests.map((request) => request?.deadlineAtMs ?? Infinity));
    this.#requests = requests;
  }

  onEnd(listener: () => void): void {
    this.#endListeners.push(listener);
  }

  end(): void {
    for (const listener of this.#endListeners.splice(0)) listener();
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
