import { contextSlot } from "./context-slot.ts";
import type { ReplicaContext, RequestContext } from "./request-context.ts";

const slot = contextSlot();
// Whoever bundles this module may ask after an await, so the host must carry the request along. Bundles that do not
// (this package is free of other side effects, so it is shaken out) do not pay for it.
slot.isRequestWanted = true;

/** The request this code runs for; undefined in background work and outside replicas. */
export function currentRequest(): RequestContext | undefined {
  return slot.storage?.getStore();
}

/** The replica this code runs in; undefined outside replicas. */
export function replicaContext(): ReplicaContext | undefined {
  return slot.replica;
}
