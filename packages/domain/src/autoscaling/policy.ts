/** How samples inside the look-back become one number. Ray Serve's `aggregation_function`. */
export type LoadAggregation = "mean" | "max" | "min";

/** Bounds that hold inside a window which opens and closes by cron expressions; null keeps the policy's own bound. */
export interface AutoscalingSchedule {
  readonly startCron: string;
  readonly endCron: string;
  /** IANA name; "UTC" unless said. */
  readonly timezone: string;
  readonly minReplicas: number | null;
  readonly maxReplicas: number | null;
}

/**
 * How one pool follows its load. Ray Serve 2.58's `autoscaling_config` with every default filled in and old names resolved,
 * and two options of ours: `schedules` and `queueFastPath`.
 */
export interface AutoscalingPolicy {
  readonly minReplicas: number;
  /** First target of a new deployment; null starts at `minReplicas`. */
  readonly initialReplicas: number | null;
  readonly maxReplicas: number;
  /** Requests, queued ones included, that one replica should have on average. */
  readonly targetOngoingRequests: number;
  readonly lookBackPeriodS: number;
  readonly upscalingFactor: number;
  readonly downscalingFactor: number;
  readonly upscaleDelayS: number;
  readonly downscaleDelayS: number;
  /** Delay of the last step, 1 -> 0; null takes `downscaleDelayS`. */
  readonly downscaleToZeroDelayS: number | null;
  readonly aggregationFunction: LoadAggregation;
  readonly schedules: readonly AutoscalingSchedule[];
  /** A queue that holds more than all replicas can take, for a second, skips `upscaleDelayS`. */
  readonly queueFastPath: boolean;
}
