/** From each `start` to the next `end` (cron, five fields) these bounds hold instead of the usual ones. */
export interface AutoscalingSchedule {
  readonly start: string;
  readonly end: string;
  /** As "Europe/Berlin". Default "UTC". */
  readonly timezone?: string;
  readonly minReplicas?: number;
  readonly maxReplicas?: number;
}

/** Ray Serve's autoscaling options. */
export interface AutoscalingConfig {
  /** Default 1; 0 lets the deployment go to sleep. */
  readonly minReplicas?: number;
  /** Default: `minReplicas`. */
  readonly initialReplicas?: number | null;
  /** Default 1, with `numReplicas: "auto"` 100. */
  readonly maxReplicas?: number;
  /** Running and waiting requests per replica that it aims at. Default 2. */
  readonly targetOngoingRequests?: number;
  /** Taken for compatibility: load is reported each half second. */
  readonly metricsIntervalS?: number;
  /** Seconds of load that a decision looks at. Default 30. */
  readonly lookBackPeriodS?: number;
  /** Share of the missing replicas that one decision adds. Default 1. */
  readonly upscalingFactor?: number | null;
  /** Share of the superfluous replicas that one decision takes away. Default 1. */
  readonly downscalingFactor?: number | null;
  /** Seconds that more must be wanted before there are more. Default 30. */
  readonly upscaleDelayS?: number;
  /** Seconds that fewer must be wanted before there are fewer. Default 600. */
  readonly downscaleDelayS?: number;
  /** The same for the last replica. Default: `downscaleDelayS`. */
  readonly downscaleToZeroDelayS?: number | null;
  /** How the load of the look-back becomes one number. Default "mean". */
  readonly aggregationFunction?: "mean" | "max" | "min";
  /** Only Ray's default policy. */
  readonly policy?: {
    readonly policyFunction?:
      | "ray.serve.autoscaling_policy:default_autoscaling_policy"
      | "ray.serve.autoscaling_policy:replica_queue_length_autoscaling_policy";
    readonly policyKwargs?: Readonly<Record<string, never>>;
  };
  /** Other bounds at certain times. */
  readonly schedules?: readonly AutoscalingSchedule[];
  /** Whether a queue that outgrows all replicas skips `upscaleDelayS`. Default true. */
  readonly queueFastPath?: boolean;
}

/** What is answered when the queue is full. */
export interface BackpressureConfig {
  /** Default 503. */
  readonly statusCode?: 503 | 429;
  /** `Retry-After`. Default: as the gateway is set. */
  readonly retryAfterS?: number | null;
}
