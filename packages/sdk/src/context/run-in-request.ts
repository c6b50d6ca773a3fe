import { AsyncLocalStorage } from "node:async_hooks";
import { contextSlot } from "./context-slot.ts";
import type { ReplicaContext, RequestContext } from "./request-context.ts";

/** Runs `body` as part of a request: `currentRequest()` answers it, also after awaits inside. */
export function runInRequest<T>(context: RequestContext, body: () => T): T {
  const slot = contextSlot();
  slot.storage ??= new AsyncLocalStorage<RequestContext | undefined>();
  return slot.storage.run(context, body);
}

/** The current request as the host sees it: asking does not make requests "wanted". */
export function requestInForce(): RequestContext | undefined {
  return contextSlot().storage?.getStore();
}

/** True when code in this process may ask for its request; else the host need not carry it. */
export function isRequestWanted(): boolean {
  return contextSlot().isRequestWanted;
}

/** Tells user code where it runs; the host calls it once, before user code is imported. */
export function provideReplicaContext(context: ReplicaContext): void {
  contextSlot().replica = context;
}
