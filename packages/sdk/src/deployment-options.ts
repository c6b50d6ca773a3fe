import type { AutoscalingConfig, BackpressureConfig } from "./scaling-options.ts";
import type { LoggingConfig } from "./logging-options.ts";
import type {
  LabelSelector,
  PlacementGroupFallback,
  PlacementStrategy,
  RayActorOptions,
  ResourceBundle,
} from "./placement-options.ts";
import type { RequestRouterConfig } from "./request-router-options.ts";

/** A value that survives JSON, as `userConfig` must. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Ray Serve's deployment options in camelCase. What the spec says is laid over these. */
export interface DeploymentOptions {
  /** Name of the deployment inside its application. Default: the name of the class. */
  readonly name?: string;
  /** Replicas to run, or "auto" (null is the same): between 1 and 100, as `autoscalingConfig` says. Default 1. */
  readonly numReplicas?: number | "auto" | null;
  /** Between which numbers replicas follow the load, and how fast. */
  readonly autoscalingConfig?: AutoscalingConfig | null;
  /** Requests one replica works on at a time; the replica itself refuses more. Default 5. */
  readonly maxOngoingRequests?: number;
  /** Requests each router lets wait before it answers 503; -1 = no limit, the default. */
  readonly maxQueuedRequests?: number;
  /** The answer to a request that finds `maxQueuedRequests` waiting. Default: as the gateway is set. */
  readonly backpressureConfig?: BackpressureConfig;
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
  /** Share of the replicas that an update replaces at a time where there is no room for more. Default 0.2. */
  readonly rollingUpdatePercentage?: number;
  /** At most so many replicas on one node, 1 to 100; null = no limit, the default. */
  readonly maxReplicasPerNode?: number | null;
  /** Resources of one replica. */
  readonly rayActorOptions?: RayActorOptions;
  /** Bytes of GPU memory that one member needs. */
  readonly vramBytes?: number | null;
  /** A replica of several members: the resources of each, rank 0 first. */
  readonly placementGroupBundles?: readonly ResourceBundle[] | null;
  /** Whether members share nodes. Default "PACK". */
  readonly placementGroupStrategy?: PlacementStrategy;
  /** Labels of the nodes of each bundle, or one selector for all. */
  readonly placementGroupBundleLabelSelector?: readonly LabelSelector[] | null;
  /** Tried in order while the bundles have no room. */
  readonly placementGroupFallbackStrategy?: readonly PlacementGroupFallback[] | null;
  /** How replicas write their own log lines. */
  readonly loggingConfig?: LoggingConfig | null;
  /** Takes what Ray does by default, and nothing else: the router is power of two choices. */
  readonly requestRouterConfig?: RequestRouterConfig;
}
