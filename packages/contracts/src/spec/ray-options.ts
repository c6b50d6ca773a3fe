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
}

const option = (name: string, ray: RayClass, otherwise?: string): RayOption => ({
  name,
  ray,
  ...(otherwise === undefined ? {} : { otherwise }),
});

const noPush = "Ray's replicas report load by it; here routers do, each half second.";
const byAgent = "The node's agent follows it, without a call into the replica.";

const removed = "Ray leaves running replicas with the one that was removed; here new ones take over.";

export const rayOptions: readonly RayOption[] = [
  option("name", "identity"),
  option("version", "HEAVY"),
  option("num_replicas", "LW"),
  option("max_ongoing_requests", "NAR"),
  option("max_queued_requests", "LW"),
  option("backpressure_config.status_code", "NAR"),
  option("backpressure_config.retry_after_s", "NAR"),
  option("user_config", "NAR", removed),
  option("health_check_period_s", "NR", byAgent),
  option("health_check_timeout_s", "NR", byAgent),
  option("graceful_shutdown_wait_loop_s", "NAR"),
  option("graceful_shutdown_timeout_s", "NR", byAgent),
  option("autoscaling_config", "LW"),
  option("autoscaling_config.min_replicas", "LW"),
  option("autoscaling_config.initial_replicas", "LW"),
  option("autoscaling_config.max_replicas", "LW"),
  option("autoscaling_config.target_ongoing_requests", "LW"),
  option("autoscaling_config.metrics_interval_s", "NAR", noPush),
  option("autoscaling_config.look_back_period_s", "NAR", noPush),
  option("autoscaling_config.smoothing_factor", "LW"),
  option("autoscaling_config.upscale_smoothing_factor", "LW"),
  option("autoscaling_config.downscale_smoothing_factor", "LW"),
  option("autoscaling_config.upscaling_factor", "LW"),
  option("autoscaling_config.downscaling_factor", "LW"),
  option("autoscaling_config.upscale_delay_s", "LW"),
  option("autoscaling_config.downscale_delay_s", "LW"),
  option("autoscaling_config.downscale_to_zero_delay_s", "LW"),
  option("autoscaling_config.aggregation_function", "LW"),
  option("autoscaling_config.policy", "LW"),
  option("request_router_config", "NAR", "It takes one value only."),
  option("logging_config.encoding", "NAR"),
  option("logging_config.log_level", "NAR"),
  option("logging_config.enable_access_log", "NAR"),
  option("logging_config.logs_dir", "NAR", "It takes one value only."),
  option("logging_config.additional_log_standard_attrs", "NAR", "It takes one value only."),
  option("max_constructor_retry_count", "NR"),
  option("rolling_update_percentage", "LW"),
  option("ray_actor_options.num_cpus", "HEAVY"),
  option("ray_actor_options.num_gpus", "HEAVY"),
  option("ray_actor_options.memory", "HEAVY"),
  option("ray_actor_options.resources", "HEAVY"),
  option("ray_actor_options.accelerator_type", "HEAVY"),
  option("ray_actor_options.label_selector", "HEAVY"),
  option("ray_actor_options.fallback_strategy", "HEAVY"),
  option("ray_actor_options.runtime_env", "HEAVY"),
  option("placement_group_bundles", "HEAVY"),
  option("placement_group_strategy", "HEAVY"),
  option("placement_group_bundle_label_selector", "HEAVY"),
  option("placement_group_fallback_strategy", "HEAVY"),
  option("max_replicas_per_node", "HEAVY"),
  option("gang_scheduling_config", "HEAVY"),
  option("deployment_actors", "HEAVY"),
  option("max_concurrent_queries", "NAR"),
];
