/**
 * What a change of an option does to running replicas (Ray Serve's update classes): `restart` = new processes (HEAVY),
 * `reconfigure` = running ones take it over in place (NR, NAR), `controller` = only controller and routers look at it (LW).
 */
export type OptionClass = "restart" | "reconfigure" | "controller";

/** By the names of a resolved deployment. The version of a deployment is made from this table, and the plan explains with it. */
export const resolvedOptionClasses = {
  name: "restart",
  runtime: "restart",
  model: "restart",
  process: "restart",
  batching: "restart",
  execution_providers: "restart",
  env_vars: "restart",
  ray_actor_options: "restart",
  placement: "restart",
  max_replicas_per_node: "restart",
  vram_bytes: "restart",
  max_ongoing_requests: "reconfigure",
  user_config: "reconfigure",
  backpressure: "reconfigure",
  logging: "reconfigure",
  health_check_period_s: "reconfigure",
  health_check_timeout_s: "reconfigure",
  graceful_shutdown_wait_loop_s: "reconfigure",
  graceful_shutdown_timeout_s: "reconfigure",
  num_replicas: "controller",
  autoscaling: "controller",
  max_queued_requests: "controller",
  max_constructor_retry_count: "controller",
  rolling_update_percentage: "controller",
} as const satisfies Readonly<Record<string, OptionClass>>;
