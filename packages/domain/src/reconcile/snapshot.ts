import type { MemberWish, PlacementStrategy } from "../placement/placement.ts";
import type { ReplicaStage, StageTimes } from "../replica/state.ts";
import type { ApplicationState, DeploymentState, RevisionStage } from "../spec/application-status.ts";
import type { RolloutPhase } from "../rollout/phase.ts";
import type { EffectiveTraffic, SplitEntry } from "../traffic/traffic.ts";

/** Intent and fate of one application. */
export interface ApplicationFacts {
  readonly applicationId: string;
  readonly name: string;
  readonly generation: number;
  /** Generation of the last change of what shall serve: a scale call or a pause since then does not retry what failed. */
  readonly updateGeneration: number;
  readonly deleting: boolean;
  readonly targetRevision: number;
  readonly routePrefix: string | null;
  /** The root split a person set; null = follow the target revision. */
  readonly split: readonly SplitEntry[] | null;
  /** Update generation that failed and is not tried again, or null. */
  readonly failedGeneration: number | null;
  /** Text recorded with `failedGeneration`. */
  readonly failedReason: string | null;
  /** Since when a person holds the rollout still; null = it goes on. */
  readonly rolloutPausedAtMs: number | null;
  /** Deployment -> number of replicas set by hand (the scale call); it wins over the spec's fixed number. */
  readonly manualScale: Readonly<Record<string, number>>;
}

export interface AutoscaledBounds {
  readonly minReplicas: number;
  readonly maxReplicas: number;
  /** Where the spec says it begins; null = where the revision before stands. */
  readonly initialReplicas: number | null;
}

/** One deployment of one revision, options resolved. Deployments of two revisions with equal versions have equal `poolId`. */
export interface RevisionDeployment {
  readonly name: string;
  readonly poolId: string;
  readonly ingress: boolean;
  /** Names of the deployments it calls; callers are drained before the called. */
  readonly outbound: readonly string[];
  /** Restart-class fields as a hash: deployments with an equal one differ in what a running replica can take on. */
  readonly version: string;
  /** Reconfigure-class fields as a hash. */
  readonly configVersion: string;
  /** Its code is given a user_config: a replica that was cannot go on without one. */
  readonly hasUserConfig: boolean;
  /** Fixed number, or where an autoscaled one begins. */
  readonly numReplicas: number;
  /** Bounds between which the autoscaler moves the number; null = fixed. */
  readonly autoscaling: AutoscaledBounds | null;
  /** Share of the replicas that an update without room for a surge gives up at a time, (0, 1]. */
  readonly rollingUpdatePercentage: number;
  readonly maxReplicasPerNode: number | null;
  readonly maxConstructorRetryCount: number;
  /** One for each process of a replica, by rank. */
  readonly members: readonly MemberWish[];
  readonly strategy: PlacementStrategy;
  /** Other forms of the members, tried in order. */
  readonly fallbacks: readonly (readonly MemberWish[])[];
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
  /** Where its processes are, by rank; empty while pending. A plain replica has one. */
  readonly members: readonly { readonly nodeId: string; readonly gpuUuids: readonly string[] }[];
  /** What was last said about it, e.g. why it cannot be placed. */
  readonly message: string;
  /** Its process takes on the configuration of the pool it was moved to; until it has, it counts as not ready. */
  readonly isReconfiguring: boolean;
  /** How it ended ("exited by SIGKILL", the constructor's error), when it failed. */
  readonly lastError: string | null;
  /** True once `noteFailure` was applied: a failure enters the pool's history exactly once. */
  readonly failureCounted: boolean;
  /** The replica created in its place, once there is one. */
  readonly replacedBy: string | null;
}

/** Start-up failures of a pool in one update generation; a new one starts a new history. */
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
  /** Its ready replicas are kept until then, for a rollback; null = not kept. */
  readonly warmUntilMs: number | null;
}

export interface PoolFacts {
  readonly poolId: string;
  readonly deployment: string;
  /** Last written status; null for a pool that has none yet. */
  readonly status: PoolStatus | null;
  /** What the autoscaler wants; null when it has not decided yet, or the pool is not autoscaled. */
  readonly autoscaleTarget: number | null;
  readonly replicas: readonly ReplicaFacts[];
}

export interface ApplicationVerdict {
  readonly state: ApplicationState;
  readonly message: string;
  /** Revisions that have weight now, ascending. */
  readonly servingRevisions: readonly number[];
  readonly observedGeneration: number;
}

/** The move to another revision, or the first one. `fromRevision` is null when nothing served before. */
export interface RolloutFacts {
  readonly generation: number;
  readonly fromRevision: number | null;
  readonly toRevision: number;
  readonly phase: RolloutPhase;
  readonly message: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly startedAtMs: number;
  /** When it last came nearer to its end; the deadline runs from here. */
  readonly progressAtMs: number;
  readonly endedAtMs: number | null;
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
  /** Gateways that lost their link before they had these weights may serve by earlier ones; they are awaited until then. */
  readonly gatewaysAwaitedUntilMs?: number | null;
  /** Names of those that are cut off. */
  readonly gatewaysAwaited?: readonly string[];
  /** Last written status; null before the first. */
  readonly status: ApplicationVerdict | null;
  /** Where the newest move between revisions stands; null before the first. */
  readonly rollout: RolloutFacts | null;
}
