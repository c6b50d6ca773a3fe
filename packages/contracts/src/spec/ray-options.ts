/**
 * Every option of a deployment and of its autoscaling in Ray Serve 2.58, in Ray's order, with what a change does there:
 * LW = only the controller sees it, NR and NAR = running replicas go on with it, HEAVY = new replicas.
 */
export type RayClass = "identity" | "LW" | "NR" | "NAR" | "HEAVY";

export interface RayOption {
  readonly name: string;
  readonly ray: RayClass;
  /** Where a change does something else here, and why. */
  readonly otherwise?: string;
  /** The tests of its effect, from the root of the repository. */
  readonly tests: readonly string[];
}

const scale = "packages/domain/src/autoscaling/ray-policy.test.ts";
const decide = "packages/domain/src/autoscaling/decide-scale.test.ts";
const bounds = "packages/domain/src/autoscaling/scale-bounds.test.ts";
const read = "packages/contracts/src/spec/resolve-replica-count.test.ts";
const blocks = "packages/contracts/src/spec/resolve-placement.test.ts";
const situations = "packages/domain/src/placement/situations.test.ts";
const gangs = "packages/domain/src/placement/gangs.test.ts";
const host = "packages/replica/test/host.process.test.ts";
const supervise = "packages/agent/src/supervise/plan-supervision.test.ts";
const refusals = "packages/contracts/src/spec/unsupported-options.test.ts";

const option = (name: string, ray: RayClass, tests: readonly string[], otherwise?: string): RayOption => ({
  name,
  ray,
  tests,
  ...(otherwise === undefined ? {} : { otherwise }),
});

const noPush = "Ray's replicas report load by it; here routers do, each half second.";
const byAgent = "The node's agent follows it, without a call into the replica.";

export const rayOptions: readonly RayOption[] = [
  option("name", "identity", ["packages/contracts/src/spec/resolve-deployments.test.ts"]),
  option("version", "HEAVY", [refusals]),
  option("num_replicas", "LW", [read, "packages/domain/src/reconcile/plan-reconcile.test.ts"]),
  option("max_ongoing_requests", "NAR", [host]),
  option("max_queued_requests", "LW", ["packages/router/src/pool/decide-admission.test.ts"]),
  option("backpressure_config.status_code", "NAR", ["apps/gateway/src/request/describe-failure.test.ts"]),
  option("backpressure_config.retry_after_s", "NAR", ["apps/gateway/src/request/describe-failure.test.ts"]),
  option("user_config", "NAR", [host]),
  option("health_check_period_s", "NR", [supervise], byAgent),
  option("health_check_timeout_s", "NR", [supervise, host], byAgent),
  option("graceful_shutdown_wait_loop_s", "NAR", [host]),
  option("graceful_shutdown_timeout_s", "NR", [supervise, host], byAgent),
  option("autoscaling_config", "LW", [read, scale, decide]),
  option("autoscaling_config.min_replicas", "LW", [read, bounds]),
  option("autoscaling_config.initial_replicas", "LW", [read, bounds]),
  option("autoscaling_config.max_replicas", "LW", [read, bounds]),
  option("autoscaling_config.target_ongoing_requests", "LW", [scale]),
  option("autoscaling_config.metrics_interval_s", "NAR", [read], noPush),
  option(
    "autoscaling_config.look_back_period_s",
    "NAR",
    ["packages/domain/src/autoscaling/load-window.test.ts"],
    noPush,
  ),
  option("autoscaling_config.smoothing_factor", "LW", [read, scale]),
  option("autoscaling_config.upscale_smoothing_factor", "LW", [read]),
  option("autoscaling_config.downscale_smoothing_factor", "LW", [read]),
  option("autoscaling_config.upscaling_factor", "LW", [scale]),
  option("autoscaling_config.downscaling_factor", "LW", [scale]),
  option("autoscaling_config.upscale_delay_s", "LW", [scale]),
  option("autoscaling_config.downscale_delay_s", "LW", [scale]),
  option("autoscaling_config.downscale_to_zero_delay_s", "LW", [scale]),
  option("autoscaling_config.aggregation_function", "LW", ["packages/domain/src/autoscaling/load-window.test.ts"]),
  option("autoscaling_config.policy", "LW", [read]),
  option("request_router_config", "NAR", ["packages/api/src/spec/ray-tutorials.test.ts"], "It takes one value only."),
  option("logging_config.encoding", "NAR", [host]),
  option("logging_config.log_level", "NAR", [host, blocks]),
  option("logging_config.enable_access_log", "NAR", [host]),
  option("logging_config.logs_dir", "NAR", [read], "It takes one value only."),
  option("logging_config.additional_log_standard_attrs", "NAR", [read], "It takes one value only."),
  option("max_constructor_retry_count", "NR", ["packages/domain/src/reconcile/plan-reconcile.test.ts"]),
  option("rolling_update_percentage", "LW", ["packages/domain/src/rollout/rollout.test.ts"]),
  option("ray_actor_options.num_cpus", "HEAVY", [situations, "packages/agent/src/host/host-environment.test.ts"]),
  option("ray_actor_options.num_gpus", "HEAVY", [situations, "packages/agent/src/host/host-environment.test.ts"]),
  option("ray_actor_options.memory", "HEAVY", ["packages/domain/src/placement/place-replicas.test.ts"]),
  option("ray_actor_options.resources", "HEAVY", ["packages/domain/src/placement/place-replicas.test.ts"]),
  option("ray_actor_options.accelerator_type", "HEAVY", ["packages/domain/src/placement/matching.test.ts"]),
  option("ray_actor_options.label_selector", "HEAVY", ["packages/domain/src/placement/matching.test.ts"]),
  option("ray_actor_options.fallback_strategy", "HEAVY", [situations]),
  option("ray_actor_options.runtime_env", "HEAVY", [blocks, "apps/controller/src/reconcile/build-assignment.test.ts"]),
  option("placement_group_bundles", "HEAVY", [blocks, gangs]),
  option("placement_group_strategy", "HEAVY", [blocks, gangs]),
  option("placement_group_bundle_label_selector", "HEAVY", [blocks, situations]),
  option("placement_group_fallback_strategy", "HEAVY", [blocks, situations]),
  option("max_replicas_per_node", "HEAVY", ["packages/domain/src/placement/place-replicas.test.ts"]),
  option("gang_scheduling_config", "HEAVY", [refusals]),
  option("deployment_actors", "HEAVY", [refusals]),
  option("max_concurrent_queries", "NAR", [read, "packages/api/src/spec/ray-tutorials.test.ts"]),
];
