import type { EndableRequest, RequestContext } from "@sluice/sdk/host";
import type { Gone, HeaderPairs } from "@sluice/wire";
import { goneReason, HostedRequest } from "../handles/hosted-request.ts";
import type { BegunCall } from "../handles/hosted-request.ts";

/**
 * The requests of one batch as one, so that calls made in the batch stay in their revision and trace: identity of the
 * first, the latest deadline, gone only when all are gone. Undefined when they do not come from this host.
 */
export function joinHostedRequests(requests: readonly RequestContext[]): EndableRequest | undefined {
  const hosted = requests.filter((request) => request instanceof HostedRequest);
  const [first] = hosted;
  return first === undefined || hosted.length < requests.length ? undefined : new JoinedHostedRequest(first, hosted);
}

class JoinedHostedRequest extends HostedRequest {
  readonly #parts: readonly HostedRequest[];
  #calls: Set<BegunCall> | undefined;
  #joinedAbort: AbortController | undefined;

  constructor(first: HostedRequest, parts: readonly HostedRequest[]) {
    super(first.request, {});
    this.#parts = parts;
  }

  override get deadlineAtMs(): number {
    return this.#parts.reduce((latest, part) => Math.max(latest, part.deadlineAtMs), 0);
  }

  override get isGone(): boolean {
    return this.#parts.every((part) => part.isGone);
  }

  override get signal(): AbortSignal {
    if (this.#joinedAbort === undefined) {
      const abort = new AbortController();
      this.#joinedAbort = abort;
      this.#whenAllGone((gone) => abort.abort(goneReason(gone)));
    }
    return this.#joinedAbort.signal;
  }

  override addCall(call: BegunCall): void {
    if (this.#calls === undefined) {
      const calls = new Set<BegunCall>();
      this.#calls = calls;
      this.#whenAllGone((gone) => {
        for (const one of calls) one.abandon(gone);
      });
    }
    this.#calls.add(call);
  }

  override removeCall(call: BegunCall): void {
    this.#calls?.delete(call);
  }

  /** Every request of the batch shows the calls that were made for it. */
  override countCall(deployment: string, method: string, ms: number, resultHeaders: HeaderPairs): void {
    for (const part of this.#parts) part.countCall(deployment, method, ms, resultHeaders);
  }

  override end(): void {
    for (const call of this.#calls ?? []) call.onRequestEnd();
  }

  #whenAllGone(listener: (last: Gone) => void): void {
    let left = this.#parts.length;
    for (const { request } of this.#parts) {
      request.onCancel((gone) => {
        left -= 1;
        if (left === 0) listener(gone);
      });
    }
  }
}
