import type { ResolvedAutoscaling } from "@sluice/contracts";
import type { AutoscalingPolicy } from "@sluice/domain";

/** The options of a deployment as the policy that decides. `metrics_interval_s` changes nothing: load comes each half second. */
export function policyOf(options: ResolvedAutoscaling): AutoscalingPolicy {
  return {
    minReplicas: options.min_replicas,
    initialReplicas: options.initial_replicas,
    maxReplicas: options.max_replicas,
    targetOngoingRequests: options.target_ongoing_requests,
    lookBackPeriodS: options.look_back_period_s,
    upscalingFactor: options.upscaling_factor,
    downscalingFactor: options.downscaling_factor,
    upscaleDelayS: options.upscale_delay_s,
    downscaleDelayS: options.downscale_delay_s,
    downscaleToZeroDelayS: options.downscale_to_zero_delay_s,
    aggregationFunction: options.aggregation_function,
    schedules: options.schedules.map(({ start, end, timezone, min_replicas, max_replicas }) => ({
      startCron: start,
      endCron: end,
      timezone,
      minReplicas: min_replicas,
      maxReplicas: max_replicas,
    })),
    queueFastPath: options.queue_fast_path,
  };
}
