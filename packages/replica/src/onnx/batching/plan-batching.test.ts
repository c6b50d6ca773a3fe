import { BatchingSpec } from "@sluice/contracts";
import { expect, it } from "vitest";
import { planModelBatching } from "./plan-batching.ts";

it.each([
  [{}, { maxBatchSize: 32, waitMs: 0, maxConcurrentBatches: 2, targetP99Ms: undefined }],
  [
    { max_batch_size: 8, batch_wait_timeout_s: 0.002 },
    { maxBatchSize: 8, waitMs: 2, maxConcurrentBatches: 2 },
  ],
  [{ target_p99_ms: 20 }, { maxBatchSize: 32, waitMs: Infinity, maxConcurrentBatches: 1, targetP99Ms: 20 }],
  [
    { target_p99_ms: 20, batch_wait_timeout_s: 0.005 },
    { waitMs: 5, maxConcurrentBatches: 1, targetP99Ms: 20 },
  ],
])("batching %j becomes %j", (given, settings) => {
  expect(planModelBatching(BatchingSpec.parse(given), true)).toMatchObject(settings);
});

it("runs every request alone where rows do not belong to requests", () => {
  expect(planModelBatching(BatchingSpec.parse({}), false)).toMatchObject({ maxBatchSize: 1, maxConcurrentBatches: 2 });
});
