import { z } from "zod";
import { Name } from "../names.ts";
import { ResolvedActorOptions } from "./actor-options.ts";
import { ResolvedAutoscaling } from "./autoscaling-config.ts";
import { ResolvedBackpressure } from "./backpressure-config.ts";
import { ResolvedLogging } from "./logging-config.ts";
import { BatchingSpec } from "./onnx-spec.ts";
import { ResolvedPlacement } from "./placement-options.ts";
import { ProcessSpec } from "./process-spec.ts";

/** All options of one deployment after defaults, code and spec were laid over each other (in that order). */
export const ResolvedDeployment = z.strictObject({
  name: Name,
  runtime: z.enum(["node", "onnx", "process"]),
  model: z.string().optional(),
  process: ProcessSpec.optional(),
  batching: BatchingSpec.optional(),
  /** Names as they were stored: a revision stays readable when a later version no longer takes one of them. */
  execution_providers: z.array(z.string()).optional(),
  /** Of an autoscaled deployment: how many it starts with. */
  num_replicas: z.int().nonnegative(),
  autoscaling: ResolvedAutoscaling.optional(),
  max_ongoing_requests: z.int().positive(),
  max_queued_requests: z.int(),
  /** Absent = as the gateway is set. */
  backpressure: ResolvedBackpressure.optional(),
  user_config: z.json().optional(),
  health_check_period_s: z.number().positive(),
  health_check_timeout_s: z.number().positive(),
  graceful_shutdown_wait_loop_s: z.number().nonnegative(),
  graceful_shutdown_timeout_s: z.number().nonnegative(),
  max_constructor_retry_count: z.int().positive(),
  rolling_update_percentage: z.number().positive().max(1).default(0.2),
  max_replicas_per_node: z.int().positive().nullable(),
  /** Of a replica with `placement`: what its rank 0 asks for inside bundle 0. */
  ray_actor_options: ResolvedActorOptions,
  vram_bytes: z.number().positive().nullable().default(null),
  /** Absent = one member with `ray_actor_options`. */
  placement: ResolvedPlacement.optional(),
  /** The deployment's own, laid over those of the application. */
  env_vars: z.record(z.string(), z.string()).default({}),
  /** Absent = as the node is set. */
  logging: ResolvedLogging.optional(),
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
  rolling_update_percentage: 0.2,
  max_replicas_per_node: null,
  vram_bytes: null,
  env_vars: {},
  ray_actor_options: {
    num_cpus: 1,
    num_gpus: 0,
    memory: 0,
    resources: {},
    accelerator_type: null,
    label_selector: {},
    fallback_strategy: [],
  },
} satisfies Partial<ResolvedDeployment>;

/** Options as an earlier release stored them, with the defaults of what it did not know yet. */
export function completeResolved(stored: z.input<typeof ResolvedDeployment>): ResolvedDeployment {
  const { ray_actor_options: actor, ...rest } = stored;
  return {
    ...deploymentDefaults,
    ...rest,
    ray_actor_options: { ...deploymentDefaults.ray_actor_options, ...actor },
  } as ResolvedDeployment;
}
