import type { BatchSettings } from "@sluice/sdk/host";

/**
 * The same for a model. Its batches hold rows, and it decides itself how many are under way, so one batch of requests with one
 * row each is what the limit must let in; the default (`modelOngoingRequests`) lets in two.
 */
export function modelLimitWarning(name: string, maxBatchSize: number, maxOngoingRequests: number): string | undefined {
  if (maxOngoingRequests >= maxBatchSize) return undefined;
  return (
    `${name}: max_ongoing_requests (${maxOngoingRequests}) is less than batching.max_batch_size (${maxBatchSize}), so ` +
    `batches of requests with one row each are never full. Leave max_ongoing_requests out, or set it to ${2 * maxBatchSize}.`
  );
}

/** Says why batches can never be full, as Ray Serve does; undefined when they can. */
export function limitWarning(name: string, settings: BatchSettings, maxOngoingRequests: number): string | undefined {
  const { maxBatchSize, maxConcurrentBatches } = settings;
  const needed = maxBatchSize * maxConcurrentBatches;
  if (maxOngoingRequests >= needed) return undefined;
  return (
    `${name}: maxBatchSize (${maxBatchSize}) x maxConcurrentBatches (${maxConcurrentBatches}) is more than ` +
    `max_ongoing_requests (${maxOngoingRequests}), so its batches are never full. ` +
    `Set max_ongoing_requests to ${needed} or more.`
  );
}
