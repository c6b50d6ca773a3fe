/** The second door of @sluice/sdk, for hosts that run user code. User code imports "@sluice/sdk" only. */
export { currentRequest, replicaContext } from "./context/current-request.ts";
export { isRequestWanted, provideReplicaContext, requestInForce, runInRequest } from "./context/run-in-request.ts";
export type { ReplicaContext, RequestContext, RequestTimings } from "./context/request-context.ts";
