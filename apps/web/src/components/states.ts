/** How every state of the system reads on screen: a tone (shape and colour) and a word. */
import type { ApplicationState, DeploymentState, NodeState, ReplicaStage, RevisionStage } from "@sluice/domain";
import type { Tone } from "./ui/state-mark.tsx";

export interface StateLook {
  readonly tone: Tone;
  readonly word: string;
}

export const applicationLook: Readonly<Record<ApplicationState, StateLook>> = {
  NOT_STARTED: { tone: "gone", word: "Not started" },
  DEPLOYING: { tone: "busy", word: "Deploying" },
  DEPLOY_FAILED: { tone: "bad", word: "Deploy failed" },
  RUNNING: { tone: "ok", word: "Running" },
  UNHEALTHY: { tone: "warn", word: "Unhealthy" },
  DELETING: { tone: "gone", word: "Deleting" },
};

export const deploymentLook: Readonly<Record<DeploymentState, StateLook>> = {
  UPDATING: { tone: "busy", word: "Updating" },
  HEALTHY: { tone: "ok", word: "Healthy" },
  UNHEALTHY: { tone: "warn", word: "Unhealthy" },
  DEPLOY_FAILED: { tone: "bad", word: "Deploy failed" },
  UPSCALING: { tone: "busy", word: "Scaling up" },
  DOWNSCALING: { tone: "busy", word: "Scaling down" },
};

export const replicaLook: Readonly<Record<ReplicaStage, StateLook>> = {
  pending: { tone: "warn", word: "Pending" },
  assigned: { tone: "busy", word: "Assigned" },
  preparing: { tone: "busy", word: "Preparing" },
  starting: { tone: "busy", word: "Starting" },
  loading: { tone: "busy", word: "Loading" },
  ready: { tone: "ok", word: "Ready" },
  draining: { tone: "gone", word: "Draining" },
  stopped: { tone: "gone", word: "Stopped" },
  failed: { tone: "bad", word: "Failed" },
};

export const nodeLook: Readonly<Record<NodeState, StateLook>> = {
  ready: { tone: "ok", word: "Ready" },
  unreachable: { tone: "bad", word: "Unreachable" },
  cordoned: { tone: "warn", word: "Cordoned" },
  draining: { tone: "busy", word: "Draining" },
  gone: { tone: "gone", word: "Gone" },
};

/** A revision is described: a node looked into its bundle and knows what to start. */
export const revisionLook: Readonly<Record<RevisionStage, StateLook>> = {
  describing: { tone: "busy", word: "Being inspected" },
  described: { tone: "ok", word: "Ready to run" },
  describe_failed: { tone: "bad", word: "Cannot run" },
};

export type Severity = "info" | "warning" | "error";

export const severityLook: Readonly<Record<Severity, StateLook>> = {
  info: { tone: "ok", word: "Info" },
  warning: { tone: "warn", word: "Warning" },
  error: { tone: "bad", word: "Error" },
};
