/** camelCase names -> Ray Serve's names. The one place where the two spellings meet. */
import type { DeploymentOptions } from "./deployment-options.ts";
import type { LoggingConfig } from "./logging-options.ts";
import { batchingSnakeCaseOf, modelSnakeCaseOf } from "./onnx-model.ts";
import type { PlacementGroupFallback, RayActorOptions } from "./placement-options.ts";
import type { RequestRouterConfig } from "./request-router-options.ts";
import type { AutoscalingConfig, AutoscalingSchedule, BackpressureConfig } from "./scaling-options.ts";

type Names<T> = Readonly<Record<keyof Required<T>, string>>;

const deploymentNames: Names<DeploymentOptions> = {
  name: "name",
  numReplicas: "num_replicas",
  autoscalingConfig: "autoscaling_config",
  maxOngoingRequests: "max_ongoing_requests",
  maxQueuedRequests: "max_queued_requests",
  backpressureConfig: "backpressure_config",
  userConfig: "user_config",
  healthCheckPeriodS: "health_check_period_s",
  healthCheckTimeoutS: "health_check_timeout_s",
  gracefulShutdownWaitLoopS: "graceful_shutdown_wait_loop_s",
  gracefulShutdownTimeoutS: "graceful_shutdown_timeout_s",
  maxConstructorRetryCount: "max_constructor_retry_count",
  rollingUpdatePercentage: "rolling_update_percentage",
  maxReplicasPerNode: "max_replicas_per_node",
  rayActorOptions: "ray_actor_options",
  vramBytes: "vram_bytes",
  placementGroupBundles: "placement_group_bundles",
  placementGroupStrategy: "placement_group_strategy",
  placementGroupBundleLabelSelector: "placement_group_bundle_label_selector",
  placementGroupFallbackStrategy: "placement_group_fallback_strategy",
  loggingConfig: "logging_config",
  requestRouterConfig: "request_router_config",
};

const autoscalingNames: Names<AutoscalingConfig> = {
  minReplicas: "min_replicas",
  initialReplicas: "initial_replicas",
  maxReplicas: "max_replicas",
  targetOngoingRequests: "target_ongoing_requests",
  metricsIntervalS: "metrics_interval_s",
  lookBackPeriodS: "look_back_period_s",
  upscalingFactor: "upscaling_factor",
  downscalingFactor: "downscaling_factor",
  upscaleDelayS: "upscale_delay_s",
  downscaleDelayS: "downscale_delay_s",
  downscaleToZeroDelayS: "downscale_to_zero_delay_s",
  aggregationFunction: "aggregation_function",
  policy: "policy",
  schedules: "schedules",
  queueFastPath: "queue_fast_path",
};

const scheduleNames: Names<AutoscalingSchedule> = {
  start: "start",
  end: "end",
  timezone: "timezone",
  minReplicas: "min_replicas",
  maxReplicas: "max_replicas",
};

const policyNames: Names<NonNullable<AutoscalingConfig["policy"]>> = {
  policyFunction: "policy_function",
  policyKwargs: "policy_kwargs",
};

const backpressureNames: Names<BackpressureConfig> = { statusCode: "status_code", retryAfterS: "retry_after_s" };

const loggingNames: Names<LoggingConfig> = {
  encoding: "encoding",
  logLevel: "log_level",
  enableAccessLog: "enable_access_log",
  logsDir: "logs_dir",
  additionalLogStandardAttrs: "additional_log_standard_attrs",
};

const routerNames: Names<RequestRouterConfig> = {
  requestRouterClass: "request_router_class",
  requestRouterKwargs: "request_router_kwargs",
  requestRoutingStatsPeriodS: "request_routing_stats_period_s",
  requestRoutingStatsTimeoutS: "request_routing_stats_timeout_s",
  initialBackoffS: "initial_backoff_s",
  backoffMultiplier: "backoff_multiplier",
  maxBackoffS: "max_backoff_s",
};

const actorNames: Names<RayActorOptions> = {
  numCpus: "num_cpus",
  numGpus: "num_gpus",
  memory: "memory",
  resources: "resources",
  acceleratorType: "accelerator_type",
  labelSelector: "label_selector",
  fallbackStrategy: "fallback_strategy",
  runtimeEnv: "runtime_env",
};

const placementFallbackNames: Names<PlacementGroupFallback> = {
  bundles: "bundles",
  bundleLabelSelector: "bundle_label_selector",
};

interface Block {
  readonly names: Readonly<Record<string, string>>;
  readonly blocks?: Readonly<Record<string, Block>>;
}

/** Options whose own keys are renamed; all others are values, or maps with names of the user's. */
const deployment: Block = {
  names: { ...deploymentNames, ...modelSnakeCaseOf },
  blocks: {
    autoscalingConfig: {
      names: autoscalingNames,
      blocks: { schedules: { names: scheduleNames }, policy: { names: policyNames } },
    },
    backpressureConfig: { names: backpressureNames },
    loggingConfig: { names: loggingNames },
    requestRouterConfig: { names: routerNames },
    rayActorOptions: {
      names: actorNames,
      blocks: {
        fallbackStrategy: { names: { labelSelector: "label_selector" } },
        runtimeEnv: { names: { envVars: "env_vars" } },
      },
    },
    placementGroupFallbackStrategy: { names: placementFallbackNames },
    batching: { names: batchingSnakeCaseOf },
  },
};

/** Options of a deployment under the names of a spec. Names that there are not stay, so that the spec refuses them. */
export function toSnakeCase(options: object, block: Block = deployment): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [block.names[key] ?? key, renameInside(value, block.blocks?.[key])]),
  );
}

function renameInside(value: unknown, block: Block | undefined): unknown {
  if (block === undefined || typeof value !== "object" || value === null) return value;
  return Array.isArray(value) ? value.map((entry: unknown) => renameInside(entry, block)) : toSnakeCase(value, block);
}
