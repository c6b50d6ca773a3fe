import { BatchingSpec, resolveDeployments } from "@sluice/contracts";
import { planBatchSettings } from "@sluice/sdk/host";
import { expect, it } from "vitest";
import { planModelBatching } from "../onnx/batching/plan-batching.ts";
import { limitWarning, modelLimitWarning } from "./limit-warning.ts";

/** What is warned of at a model that says this about batches, and nothing about its limit of requests. */
function warningAtDefaults(batching: BatchingSpec | undefined): string | undefined {
  const resolved = resolveDeployments(
    { runtime_env: {}, deployments: [{ name: "m", ...(batching === undefined ? {} : { batching }) }] },
    { ingress: "m", deployments: [{ options: { name: "m", runtime: "onnx" }, inputs: [], outbound: [], methods: [] }] },
  );
  const limit = resolved.ok ? (resolved.deployments[0]?.max_ongoing_requests ?? 0) : 0;
  const settings = planModelBatching(batching ?? BatchingSpec.parse({}), true);
  // Room for as many batches as may be under way, all full.
  expect(limit).toBeGreaterThanOrEqual(settings.maxBatchSize * settings.maxConcurrentBatches);
  return modelLimitWarning("m", settings.maxBatchSize, limit);
}

it.each([undefined, {}, { max_batch_size: 1 }, { max_batch_size: 256 }, { target_p99_ms: 20 }])(
  "a model whose limit was not set causes no warning, whatever its batches: %o",
  (batching) => {
    expect(warningAtDefaults(batching === undefined ? undefined : BatchingSpec.parse(batching))).toBeUndefined();
  },
);

it("a model is warned of a limit below one batch, in the words of its spec", () => {
  expect(modelLimitWarning("m", 32, 32)).toBeUndefined();
  expect(modelLimitWarning("m", 32, 31)).toBe(
    "m: max_ongoing_requests (31) is less than batching.max_batch_size (32), so batches of requests with one row each are " +
      "never full. Leave max_ongoing_requests out, or set it to 64.",
  );
});

it("code is warned of a limit below all of its batches at a time", () => {
  const settings = planBatchSettings({ maxBatchSize: 4, maxConcurrentBatches: 2 });
  expect(limitWarning("score", settings, 8)).toBeUndefined();
  expect(limitWarning("score", settings, 7)).toContain("Set max_ongoing_requests to 8 or more.");
});
