import { runInRequest } from "../src/host.ts";
import type { RequestContext } from "../src/host.ts";

/** A request that a test can abort. */
export interface TestRequest extends RequestContext {
  abort(reason?: Error): void;
  /** Those who listen to its being gone. */
  listeners(): number;
  /** It was answered. */
  end(): void;
  /** Runs code as part of this request. */
  run<T>(body: () => T): T;
}

export function testRequest(given: Partial<RequestContext> = {}): TestRequest {
  const controller = new AbortController();
  const goneListeners = new Set<(reason: Error) => void>();
  const endListeners: (() => void)[] = [];
  const request: TestRequest = {
    requestId: "r",
    traceparent: "",
    deadlineAtMs: Infinity,
    signal: controller.signal,
    multiplexedModelId: "",
    timings: {},
    onGone: (listener) => {
      if (controller.signal.aborted) listener(controller.signal.reason as Error);
      else goneListeners.add(listener);
      return () => void goneListeners.delete(listener);
    },
    onEnd: (listener) => void endListeners.push(listener),
    end: () => endListeners.splice(0).forEach((listener) => listener()),
    ...given,
    abort: (reason = new DOMException("The client went away.", "AbortError")) => {
      controller.abort(reason);
      for (const listener of goneListeners) listener(reason);
    },
    listeners: () => goneListeners.size,
    run: (body) => runInRequest(request, body),
  };
  return request;
}

/** A promise and its ends, in the test's hands. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open };
}
