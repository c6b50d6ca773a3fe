import type { BatchingSpec } from "@sluice/contracts";
import { planBatchSettings } from "@sluice/sdk/host";
import type { BatchSettings } from "@sluice/sdk/host";

/**
 * Settings of a model's queue. Without a wait in the spec nobody waits while the model is free; with a latency target only the
 * target limits the wait. Two batches may be under way, the second in the thread's port, so that the model goes on while the
 * host answers; with a target only one, because the time of a batch is learnt.
 */
export function planModelBatching(batching: BatchingSpec, isBatchable: boolean): BatchSettings {
  const { max_batch_size, batch_wait_timeout_s, target_p99_ms } = batching;
  const maxBatchSize = isBatchable ? max_batch_size : 1;
  if (target_p99_ms === undefined) {
    return planBatchSettings({ maxBatchSize, batchWaitTimeoutS: batch_wait_timeout_s ?? 0, maxConcurrentBatches: 2 });
  }
  const wait = batch_wait_timeout_s === undefined ? {} : { batchWaitTimeoutS: batch_wait_timeout_s };
  return planBatchSettings({ maxBatchSize, targetP99Ms: target_p99_ms, ...wait });
}
