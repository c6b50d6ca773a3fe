import type { BatchSettings } from "@sluice/sdk/host";

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
