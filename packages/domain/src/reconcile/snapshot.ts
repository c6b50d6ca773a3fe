import type { Resources } from "../placement/resources.ts";
import type { ReplicaStage, StageTimes } from "../replica/state.ts";
import type { ApplicationState, DeploymentState, RevisionStage } from "../spec/application-status.ts";
import type { EffectiveTraffic, SplitEntry } from "../traffic/traffic.ts";

/** Intent and fate of one application. */
export interface ApplicationFacts {
  readonly applicationId: string;
  readonly name: string;
  readonly generation: number;
  readonly deleting: boolean;
  readonly targetRevision: number;
  readonly routePrefix: string | null;
  /** The root split a person set; null = follow the target revision. */
  readonly split: readonly SplitEntry[] | null;
  /** Generation that failed and is not tried again, or null. */
  readonly failedGeneration: number | null;
  /** Text recorded with `failedGeneration`. */
  readonly failedReason: string | null;
}

/** One deployment of one revision, options resolved. Deployments of two revisions with equal versions have equal `poolId`. */
export interface RevisionDeployment {
  readonly name: string;
  readonly poolId: string;
  readonly ingress: boolean;
  /** Names of the deployments it calls; callers are drained before the called. */
  readonly outbound: readonly string[];
  readonly numReplicas: number;
  readonly maxReplicasPerNode: number | null;
  readonly maxConstructorRetryCount: number;
  readonly resources: Resources;
}

export interface RevisionFacts {
  readonly revision: number;
  readonly stage: RevisionStage;
  /** Why describing failed; empty otherwise. */
  readonly stageMessage: string;
  /** Empty until described. */
  readonly deployments: readonly RevisionDeployment[];
}

export interface ReplicaFacts {
  readonly replicaId: string;
  readonly poolId: string;
  readonly stage: ReplicaStage;
  readonly stageTimes: StageTimes;
  /** Null while pending. */
  readonly nodeId: string | null;
  /** What was last said about it, e.g. why it cannot be placed. */
  readonly message: string;
  /** How it ended ("exited by SIGKILL", the constructor's error), when it failed. */
  readonly lastError: string | null;
  /** True once `noteFailure` was applied: a failure enters the pool's history exactly once. */
  readonly failureCounted: boolean;
  /** The replica created in its place, once there is one. */
  readonly replacedBy: string | null;
}

/** Start-up failures of a pool in one generation; a new generation starts a new history. */
export interface FailureHistory {
  readonly generation: number;
  /** Failures since the pool last had all its replicas ready. */
  readonly count: number;
  readonly lastAtMs: number | null;
  readonly everReady: boolean;
  readonly gaveUp: boolean;
  readonly lastError: string | null;
}

export interface PoolStatus {
  readonly state: DeploymentState;
  readonly message: string;
  readonly wantedReplicas: number;
  readonly readyReplicas: number;
  readonly failures: FailureHistory;
}

export interface PoolFacts {
  readonly poolId: string;
  readonly deployment: string;
  /** Last written status; null for a pool that has none yet. */
  readonly status: PoolStatus | null;
  readonly replicas: readonly ReplicaFacts[];
}

export interface ApplicationVerdict {
  readonly state: ApplicationState;
  readonly message: string;
  /** Revisions that have weight now, ascending. */
  readonly servingRevisions: readonly number[];
  readonly observedGeneration: number;
}

/**
 * All that is known of one application at one moment.
 * `revisions`: each that is the target, in the split, in force, or whose pools still have replicas that did not end.
 * `pools`: each with a status row or a replica row (terminal ones included until forgotten).
 */
export interface ReconcileSnapshot {
  readonly application: ApplicationFacts;
  readonly revisions: readonly RevisionFacts[];
  readonly pools: readonly PoolFacts[];
  /** Weights in force; null before the first decision. */
  readonly effective: EffectiveTraffic | null;
  /** When the weights in force were last changed; null if never. */
  readonly trafficChangedAtMs: number | null;
  /** Every connected gateway confirmed a slice that carries the weights in force. */
  readonly trafficAcknowledged: boolean;
  /** Last written status; null before the first. */
  readonly status: ApplicationVerdict | null;
}
