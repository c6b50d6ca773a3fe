import { z } from "zod";
import { Name } from "../names.ts";
import { RayActorOptions } from "./actor-options.ts";
import { AutoscalingConfig } from "./autoscaling-config.ts";
import { BackpressureConfig } from "./backpressure-config.ts";
import { LoggingConfig } from "./logging-config.ts";
import { BatchingSpec, ExecutionProviders } from "./onnx-spec.ts";
import { findOptionConflicts } from "./option-conflicts.ts";
import { BundleSelectors, ResourceBundles, PlacementFallback, PlacementStrategy } from "./placement-options.ts";
import { ProcessSpec } from "./process-spec.ts";
import { RequestRouterConfig } from "./request-router-config.ts";

const atLeastOne = z.int("A whole number.").positive("At least 1.");
const period = z.number("A number of seconds.").positive("More than 0 seconds.");
const wait = z.number("A number of seconds.").nonnegative("At least 0 seconds.");

/** A whole number, or `auto` for autoscaling; null is `auto` too, as in Ray's config files. */
const NumReplicas = z
  .union([atLeastOne.max(1000, "At most 1000."), z.literal("auto")], {
    error: ({ input }) => (typeof input === "number" ? undefined : "A whole number, or `auto`."),
  })
  .nullable();

/**
 * A deployment as written in a spec: only `name` is required, the rest overrides what the code says. Names are Ray Serve's
 * (snake_case). Only what takes effect is in this schema; every other name of Ray's table is known to
 * `unsupported-options.ts`, which refuses it with its path.
 */
export const DeploymentSpec = z
  .strictObject({
    name: Name,
    /** Explicit runtime; inferred only where the bundle is unambiguous. */
    runtime: z.enum(["node", "onnx", "process"]).optional(),
    /** `bundle:<sha256>[/path/in/bundle.onnx]`, onnx runtime only. */
    model: z
      .string()
      .regex(
        /^bundle:[0-9a-f]{64}(?:\/[^\s]+)?$/,
        "`bundle:<sha256>` of an uploaded model, optionally with `/file.onnx`.",
      )
      .optional(),
    /** process runtime only. */
    process: ProcessSpec.optional(),
    /** onnx runtime only. */
    batching: BatchingSpec.optional(),
    /** onnx runtime only. */
    execution_providers: ExecutionProviders.optional(),
    num_replicas: NumReplicas.optional(),
    autoscaling_config: AutoscalingConfig.nullable().optional(),
    max_ongoing_requests: atLeastOne.optional(),
    /** Ray's old name of `max_ongoing_requests`. */
    max_concurrent_queries: atLeastOne.optional(),
    max_queued_requests: z
      .int("A whole number.")
      .refine((n) => n === -1 || n >= 1, "-1 (no limit) or at least 1.")
      .optional(),
    backpressure_config: BackpressureConfig.optional(),
    user_config: z.json().optional(),
    health_check_period_s: period.optional(),
    health_check_timeout_s: period.optional(),
    graceful_shutdown_wait_loop_s: wait.optional(),
    graceful_shutdown_timeout_s: wait.optional(),
    max_constructor_retry_count: atLeastOne.optional(),
    rolling_update_percentage: z
      .number("A number.")
      .positive("More than 0: the share of replicas replaced at a time, for example 0.2.")
      .max(1, "At most 1: the share of replicas replaced at a time, for example 0.2.")
      .optional(),
    max_replicas_per_node: z.int("A whole number.").min(1, "1 to 100.").max(100, "1 to 100.").nullable().optional(),
    ray_actor_options: RayActorOptions.optional(),
    /** GPU memory that one member needs, in bytes. */
    vram_bytes: z.number("A number of bytes.").positive("More than 0 bytes.").nullable().optional(),
    placement_group_bundles: ResourceBundles.nullable().optional(),
    placement_group_strategy: PlacementStrategy.optional(),
    placement_group_bundle_label_selector: BundleSelectors.nullable().optional(),
    placement_group_fallback_strategy: z.array(PlacementFallback).nullable().optional(),
    logging_config: LoggingConfig.nullable().optional(),
    request_router_config: RequestRouterConfig.optional(),
  })
  .superRefine((deployment, context) => {
    for (const { path, detail } of findOptionConflicts(deployment)) {
      context.addIssue({ code: "custom", path: [...path], message: detail });
    }
  });
export type DeploymentSpec = z.infer<typeof DeploymentSpec>;
