import { z } from "zod";
import { Name } from "../names.ts";
import { BatchingSpec, ExecutionProviders } from "./onnx-spec.ts";
import { ProcessSpec } from "./process-spec.ts";

/**
 * Ray Serve's deployment options under Ray's names (snake_case). Only what takes effect today is in this schema;
 * every other name of Ray's table is known to `unsupported-options.ts`, which refuses it with its path.
 */
export const RayActorOptions = z.strictObject({
  num_cpus: z.number().nonnegative("At least 0. Fractions are fine, for example 0.25.").optional(),
  num_gpus: z.number().nonnegative("At least 0.").optional(),
  memory: z.number().nonnegative("Bytes, at least 0.").optional(),
  resources: z.record(z.string(), z.number().positive()).optional(),
});
export type RayActorOptions = z.infer<typeof RayActorOptions>;

export const RuntimeEnv = z.strictObject({
  working_dir: z
    .string()
    .regex(/^bundle:[0-9a-f]{64}$/, "`bundle:<sha256>` of an uploaded bundle.")
    .optional(),
  env_vars: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "An environment variable name."), z.string())
    .optional(),
});
export type RuntimeEnv = z.infer<typeof RuntimeEnv>;

const overridable = {
  num_replicas: z.int("A whole number.").positive("At least 1.").max(1000, "At most 1000."),
  max_ongoing_requests: z.int("A whole number.").positive("At least 1."),
  max_queued_requests: z.int("A whole number.").refine((n) => n === -1 || n >= 1, "-1 (no limit) or at least 1."),
  user_config: z.json(),
  health_check_period_s: z.number().positive("More than 0 seconds."),
  health_check_timeout_s: z.number().positive("More than 0 seconds."),
  graceful_shutdown_wait_loop_s: z.number().nonnegative("At least 0 seconds."),
  graceful_shutdown_timeout_s: z.number().nonnegative("At least 0 seconds."),
  max_constructor_retry_count: z.int("A whole number.").positive("At least 1."),
  max_replicas_per_node: z.int("A whole number.").min(1, "1 to 100.").max(100, "1 to 100.").nullable(),
  ray_actor_options: RayActorOptions,
};

/** A deployment as written in a spec: only `name` is required, the rest overrides what the code says. */
export const DeploymentSpec = z.strictObject({
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
  num_replicas: overridable.num_replicas.optional(),
  max_ongoing_requests: overridable.max_ongoing_requests.optional(),
  max_queued_requests: overridable.max_queued_requests.optional(),
  user_config: overridable.user_config.optional(),
  health_check_period_s: overridable.health_check_period_s.optional(),
  health_check_timeout_s: overridable.health_check_timeout_s.optional(),
  graceful_shutdown_wait_loop_s: overridable.graceful_shutdown_wait_loop_s.optional(),
  graceful_shutdown_timeout_s: overridable.graceful_shutdown_timeout_s.optional(),
  max_constructor_retry_count: overridable.max_constructor_retry_count.optional(),
  max_replicas_per_node: overridable.max_replicas_per_node.optional(),
  ray_actor_options: overridable.ray_actor_options.optional(),
});
export type DeploymentSpec = z.infer<typeof DeploymentSpec>;

/** All options of one deployment after defaults, code and spec were laid over each other (in that order). */
export const ResolvedDeployment = z.strictObject({
  name: Name,
  runtime: z.enum(["node", "onnx", "process"]),
  model: z.string().optional(),
  process: ProcessSpec.optional(),
  batching: BatchingSpec.optional(),
  /** Names as they were stored: a revision stays readable when a later version no longer takes one of them. */
  execution_providers: z.array(z.string()).optional(),
  ...overridable,
  user_config: overridable.user_config.optional(),
  ray_actor_options: z.strictObject({
    num_cpus: z.number(),
    num_gpus: z.number(),
    memory: z.number(),
    resources: z.record(z.string(), z.number()),
  }),
});
export type ResolvedDeployment = z.infer<typeof ResolvedDeployment>;

/** Ray Serve 2.58's defaults (reference table 1.2). */
export const deploymentDefaults = {
  num_replicas: 1,
  max_ongoing_requests: 5,
  max_queued_requests: -1,
  health_check_period_s: 10,
  health_check_timeout_s: 30,
  graceful_shutdown_wait_loop_s: 2,
  graceful_shutdown_timeout_s: 20,
  max_constructor_retry_count: 20,
  max_replicas_per_node: null,
  ray_actor_options: { num_cpus: 1, num_gpus: 0, memory: 0, resources: {} },
} as const;
