import { requestInForce, runInRequest } from "@sluice/sdk/host";
import type { RequestContext, RequestTimings } from "@sluice/sdk/host";
import { CancelCode } from "@sluice/wire";
import type { Gone, HeaderPairs } from "@sluice/wire";
import type { IncomingRequest } from "../runtime.ts";
import { readHops } from "./hop.ts";
import type { Hop } from "./hop.ts";

/** Work that a request has begun elsewhere and that ends with it. */
export interface BegunCall {
  /** The request is gone: nobody waits for this any more. */
  abandon(gone: Gone): void;
  /** The request was answered: what nobody looked at is given up, what somebody uses goes on. */
  onRequestEnd(): void;
}

/** A header is no place for thousands of calls. */
const maxHops = 16;

/** The request on whose behalf code runs, so that calls through handles stay in its revision, deadline and trace. */
export class HostedRequest implements RequestContext {
  readonly request: IncomingRequest;
  readonly timings: RequestTimings;
  #abort: AbortController | undefined;
  #calls: Set<BegunCall> | undefined;
  /** Calls through handles, in the order in which they ended, each followed by what was beneath it. */
  hops: Hop[] | undefined;

  constructor(request: IncomingRequest, timings: RequestTimings) {
    this.request = request;
    this.timings = timings;
  }

  get requestId(): string {
    return this.request.head.requestId;
  }

  get traceparent(): string {
    return this.request.head.traceparent;
  }

  get deadlineAtMs(): number {
    return this.request.deadlineAtMs;
  }

  get multiplexedModelId(): string {
    return this.request.head.multiplexedModelId;
  }

  get revision(): number {
    return this.request.head.revision;
  }

  get signal(): AbortSignal {
    if (this.#abort === undefined) {
      const abort = new AbortController();
      this.#abort = abort;
      this.request.onCancel((gone) => abort.abort(goneReason(gone)));
    }
    return this.#abort.signal;
  }

  get isGone(): boolean {
    return this.request.gone !== undefined;
  }

  /** Ties a call to this request. One listener serves all calls of a request. */
  addCall(call: BegunCall): void {
    if (this.#calls === undefined) {
      const calls = new Set<BegunCall>();
      this.#calls = calls;
      this.request.onCancel((gone) => {
        for (const one of calls) one.abandon(gone);
      });
    }
    this.#calls.add(call);
  }

  removeCall(call: BegunCall): void {
    this.#calls?.delete(call);
  }

  /** A call of this request is over; its time goes into `Server-Timing`, as does what its result tells of its own hops. */
  countCall(deployment: string, method: string, ms: number, resultHeaders: HeaderPairs): void {
    const hops = (this.hops ??= []);
    const room = maxHops - hops.length;
    if (room <= 0) return;
    const name = `${deployment}.${method}`;
    hops.push({ metric: "call", ms, way: name, note: "" });
    if (resultHeaders.length > 0) hops.push(...readHops(resultHeaders, name).slice(0, room - 1));
  }

  /** Calls `listener` once nobody waits for the answer any more; at once when that is so. The answer takes it back. */
  onGone(listener: (reason: Error) => void): () => void {
    const { gone } = this.request;
    if (gone !== undefined && this.isGone) {
      listener(goneReason(gone));
      return () => undefined;
    }
    const call: BegunCall = { abandon: (how) => listener(goneReason(how)), onRequestEnd: () => undefined };
    this.addCall(call);
    return () => this.removeCall(call);
  }

  /** Calls `listener` once the code of this request has ended. */
  onEnd(listener: () => void): void {
    this.addCall({ abandon: () => undefined, onRequestEnd: listener });
  }

  /** The request was answered. */
  end(): void {
    if (this.#calls === undefined) return;
    for (const call of this.#calls) call.onRequestEnd();
  }
}

/** Runs `body` as part of a request. Costs a little on every await, so it is done only where somebody may ask. */
export function runHosted<T>(request: HostedRequest, body: () => T): T {
  return runInRequest(request, body);
}

/** The current request; undefined in background work. */
export function hostedRequest(): HostedRequest | undefined {
  const context = requestInForce();
  return context instanceof HostedRequest ? context : undefined;
}

/** What an AbortSignal says of a request that is gone. */
export function goneReason(gone: Gone): DOMException {
  const name = gone.code === CancelCode.deadlineExceeded ? "TimeoutError" : "AbortError";
  return new DOMException(gone.text === "" ? "The client went away." : gone.text, name);
}
