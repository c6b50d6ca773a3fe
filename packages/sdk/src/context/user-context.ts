import { currentRequest, replicaContext } from "./current-request.ts";
import type { ReplicaContext, RequestContext } from "./request-context.ts";

/** The request this code runs for, with its id, deadline and abort signal; undefined in background work. */
export function getRequestContext(): RequestContext | undefined {
  return currentRequest();
}

/** Id of the model the current request asks for (header `serve_multiplexed_model_id`); "" when it asks for none. */
export function getMultiplexedModelId(): string {
  return currentRequest()?.multiplexedModelId ?? "";
}

/** The replica this code runs in. Throws outside a replica, as in Ray Serve. */
export function getReplicaContext(): ReplicaContext {
  const context = replicaContext();
  if (context === undefined) throw new Error("getReplicaContext() works only inside a replica.");
  return context;
}
