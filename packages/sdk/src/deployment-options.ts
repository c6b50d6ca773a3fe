/** A value that survives JSON, as `userConfig` must. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Resources of one replica. */
export interface RayActorOptions {
  /** CPUs, fractions allowed. Default 1. */
  readonly numCpus?: number;
  /** GPUs. Default 0. */
  readonly numGpus?: number;
  /** Bytes of memory; 0 = not accounted. */
  readonly memory?: number;
  /** Custom resources a node declares. */
  readonly resources?: Readonly<Record<string, number>>;
}

/** Ray Serve's deployment options in camelCase. What the spec says is laid over these. */
export interface DeploymentOptions {
  /** Name of the deployment inside its application. Default: the name of the class. */
  readonly name?: string;
  /** Replicas to run. Default 1. */
  readonly numReplicas?: number;
  /** Requests one replica works on at a time; the replica itself refuses more. Default 5. */
  readonly maxOngoingRequests?: number;
  /** Requests each router lets wait before it answers 503; -1 = no limit, the default. */
  readonly maxQueuedRequests?: number;
  /** Handed to `reconfigure()`; a change reaches running replicas without a restart. */
  readonly userConfig?: JsonValue;
  /** Seconds between health checks. Default 10. */
  readonly healthCheckPeriodS?: number;
  /** Seconds after which an unanswered health check counts as failed. Default 30. */
  readonly healthCheckTimeoutS?: number;
  /** Seconds between looks at what still runs while draining. Default 2. */
  readonly gracefulShutdownWaitLoopS?: number;
  /** Seconds running requests get to finish while draining. Default 20. */
  readonly gracefulShutdownTimeoutS?: number;
  /** Constructor failures after which a deployment is given up. Default 20. */
  readonly maxConstructorRetryCount?: number;
  /** At most so many replicas on one node, 1 to 100; null = no limit, the default. */
  readonly maxReplicasPerNode?: number | null;
  /** Resources of one replica. */
  readonly rayActorOptions?: RayActorOptions;
}

/** camelCase names -> Ray Serve's names. The one place where the two spellings meet. */
export const snakeCaseOf: Readonly<Record<keyof DeploymentOptions, string>> = {
  name: "name",
  numReplicas: "num_replicas",
  maxOngoingRequests: "max_ongoing_requests",
  maxQueuedRequests: "max_queued_requests",
  userConfig: "user_config",
  healthCheckPeriodS: "health_check_period_s",
  healthCheckTimeoutS: "health_check_timeout_s",
  gracefulShutdownWaitLoopS: "graceful_shutdown_wait_loop_s",
  gracefulShutdownTimeoutS: "graceful_shutdown_timeout_s",
  maxConstructorRetryCount: "max_constructor_retry_count",
  maxReplicasPerNode: "max_replicas_per_node",
  rayActorOptions: "ray_actor_options",
};

/** Likewise inside `rayActorOptions`. */
export const actorSnakeCaseOf: Readonly<Record<keyof RayActorOptions, string>> = {
  numCpus: "num_cpus",
  numGpus: "num_gpus",
  memory: "memory",
  resources: "resources",
};
