/** Ray Serve's application states, with Ray's spelling. */
export const applicationStates = [
  "NOT_STARTED",
  "DEPLOYING",
  "DEPLOY_FAILED",
  "RUNNING",
  "UNHEALTHY",
  "DELETING",
] as const;
export type ApplicationState = (typeof applicationStates)[number];

/** Ray Serve's deployment states, with Ray's spelling. */
export const deploymentStates = [
  "UPDATING",
  "HEALTHY",
  "UNHEALTHY",
  "DEPLOY_FAILED",
  "UPSCALING",
  "DOWNSCALING",
] as const;
export type DeploymentState = (typeof deploymentStates)[number];

/** What a revision is doing, from the moment it is written. */
export const revisionStages = ["describing", "described", "describe_failed"] as const;
export type RevisionStage = (typeof revisionStages)[number];

/**
 * Node states: `unreachable` after a missed heartbeat timeout, `cordoned` takes no new replicas, `draining` has its replicas
 * replaced elsewhere first, `gone` was removed.
 */
export const nodeStates = ["ready", "unreachable", "cordoned", "draining", "gone"] as const;
export type NodeState = (typeof nodeStates)[number];

/** Runtimes that can run today; any other word is refused with this list. */
export const runtimes = ["node", "onnx", "process"] as const;
export type Runtime = (typeof runtimes)[number];

/** Who decided the weights in force. */
export const trafficSources = ["split", "rollout", "canary", "bandit"] as const;
export type TrafficSource = (typeof trafficSources)[number];
