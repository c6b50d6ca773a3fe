import { z } from "zod";
import type { FieldIssue } from "../error.ts";

/** How the runtime `onnx` puts the rows of waiting requests together. */
export const BatchingSpec = z.strictObject({
  /** Rows in one run of the model at most; 1 = every request runs alone. */
  max_batch_size: z.int("A whole number.").min(1, "At least 1.").max(4096, "At most 4096.").default(32),
  /** How long a request waits for others while the model is free. Unset = 0, or as long as `target_p99_ms` allows. */
  batch_wait_timeout_s: z.number().min(0, "At least 0 seconds.").max(60, "At most 60 seconds.").optional(),
  /** Batches are filled only as far as 99 % of the requests stay within this time. */
  target_p99_ms: z.number().positive("More than 0 milliseconds.").optional(),
});
export type BatchingSpec = z.infer<typeof BatchingSpec>;

/** What a model gets that says nothing about batching. */
export const defaultBatching: BatchingSpec = BatchingSpec.parse({});

/**
 * What ONNX Runtime can be asked for by its Node binding, over all platforms that it is built for. Whether a node has the
 * libraries of one is only known there.
 */
export const executionProviderNames = ["cpu", "cuda", "tensorrt", "coreml", "dml", "qnn", "webgpu"] as const;
export type ExecutionProvider = (typeof executionProviderNames)[number];

const knownProviders = executionProviderNames.map((name) => `\`${name}\``).join(", ");

/** Execution providers in the order of preference. */
export const ExecutionProviders = z
  .array(
    z.enum(executionProviderNames, {
      error: ({ input }) =>
        `\`execution_providers\` cannot hold ${JSON.stringify(input)}. Allowed are ${knownProviders}.`,
    }),
  )
  .min(1, "At least one, for example [cpu].")
  .refine((providers) => new Set(providers).size === providers.length, "Each provider once.");

export const defaultExecutionProviders: readonly string[] = ["cpu"];

/** One batch runs while the next one fills: a limit below two batches would keep them from ever being full. */
export function modelOngoingRequests(batching: BatchingSpec = defaultBatching): number {
  return Math.max(5, 2 * batching.max_batch_size);
}

/** Options of a model on a deployment that is none. */
export function strayModelOptions(
  deployment: {
    readonly batching?: BatchingSpec | undefined;
    readonly execution_providers?: readonly string[] | undefined;
  },
  pointer: string,
): FieldIssue[] {
  const issues: FieldIssue[] = [];
  if (deployment.batching !== undefined) {
    const detail =
      "Only the runtime `onnx` batches by itself; code declares its batches with `batch(...)`. Leave `batching` out.";
    issues.push({ pointer: `${pointer}/batching`, detail });
  }
  if (deployment.execution_providers !== undefined) {
    const detail = "Only the runtime `onnx` has execution providers. Leave `execution_providers` out.";
    issues.push({ pointer: `${pointer}/execution_providers`, detail });
  }
  return issues;
}
