/** The second door of @sluice/sdk, for hosts that run user code. User code imports "@sluice/sdk" only. */
export { currentRequest, replicaContext } from "./context/current-request.ts";
export { provideRequestJoiner } from "./context/context-slot.ts";
export type { EndableRequest } from "./context/context-slot.ts";
export { isRequestWanted, provideReplicaContext, requestInForce, runInRequest } from "./context/run-in-request.ts";
export type { ReplicaContext, RequestContext, RequestTimings } from "./context/request-context.ts";
export { BatchQueue } from "./batch/batch-queue.ts";
export type { BatchQueueOptions, DropReason, ItemFacts, Ticket } from "./batch/batch-queue-options.ts";
export { nodeBatchPorts } from "./batch/batch-ports.ts";
export type { BatchPorts } from "./batch/batch-ports.ts";
export type { BatchFacts, BatchReport } from "./batch/batch-report.ts";
export { planBatchSettings } from "./batch/batch-settings.ts";
export type { BatchOptions, BatchSettings } from "./batch/batch-settings.ts";
export { batchedMethodsOf } from "./batch/batched-method.ts";
export type { BatchedFacts } from "./batch/batched-method.ts";
export { batchObserver, observeBatches } from "./batch/batch-observer.ts";
export type { BatchObserver, ObservedQueue } from "./batch/batch-observer.ts";
export { observeModels, unloadModels } from "./multiplex/model-observer.ts";
export type { ModelObserver } from "./multiplex/model-observer.ts";
