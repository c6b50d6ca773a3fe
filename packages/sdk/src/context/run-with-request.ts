import { contextSlot } from "./context-slot.ts";
import type { RequestContext } from "./request-context.ts";

/** Runs `body` for this request, or for none: work that was put off must not run for whoever happened to trigger it. */
export function runWithRequest<T>(request: RequestContext | undefined, body: () => T): T {
  const { storage } = contextSlot();
  return storage === undefined ? body() : storage.run(request, body);
}
