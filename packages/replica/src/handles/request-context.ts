import { AsyncLocalStorage } from "node:async_hooks";
import type { IncomingRequest } from "../runtime.ts";

/** The request on whose behalf code runs, so that calls through handles stay in its revision and deadline. */
export interface RequestContext {
  readonly request: IncomingRequest;
  /** On the clock of `performance.now()`; Infinity without a deadline. */
  readonly deadlineAtMs: number;
}

const storage = new AsyncLocalStorage<RequestContext>();

/** Runs `body` as part of a request. Costs a little on every await, so only deployments with handles use it. */
export function runInRequest<T>(request: IncomingRequest, body: () => T): T {
  const { deadlineMs } = request.head;
  return storage.run({ request, deadlineAtMs: deadlineMs > 0 ? performance.now() + deadlineMs : Infinity }, body);
}

/** The current request; undefined in background work. */
export function currentRequest(): RequestContext | undefined {
  return storage.getStore();
}
