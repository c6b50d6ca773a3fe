import type { RequestContext } from "./request-context.ts";

/** Calls `listener` once nobody waits for this request any more, at once when that is so; the answer takes it back. */
export function listenToGone(request: RequestContext, listener: (reason: Error) => void): () => void {
  if (request.onGone !== undefined) return request.onGone(listener);
  const { signal } = request;
  const onAbort = (): void => {
    const reason: unknown = signal.reason;
    listener(reason instanceof Error ? reason : new Error(String(reason)));
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}
