import type { ApplicationStatus } from "../stores/application-status.ts";
import type { AutoscalerStatus } from "../stores/autoscaler-status.ts";
import type { TrafficInForce } from "../stores/effective-traffic.ts";
import type { NewEvent } from "../stores/events.ts";
import type { Node } from "../stores/nodes.ts";
import type { PoolStatus } from "../stores/pools.ts";
import type { Replica } from "../stores/replicas.ts";
import type { RolloutStatus } from "../stores/rollout-status.ts";

/** A replica as it was read and as it shall be; `after.rowVersion` is one more. */
export interface ReplicaUpdate {
  readonly before: Replica;
  readonly after: Replica;
}

/**
 * What one decision, or many that arrived together, change of the status: whole rows as they shall be. It is written in one
 * transaction of a few multi-row statements, and whoever holds a copy of the rows applies the same batch to it afterwards.
 */
export interface StatusBatch {
  /** The applications must still be at these generations; each is locked while the rest is written. */
  readonly atGenerations: readonly { readonly applicationId: string; readonly generation: number }[];
  readonly nodes: readonly Node[];
  readonly createdReplicas: readonly Replica[];
  readonly changedReplicas: readonly ReplicaUpdate[];
  readonly deletedReplicas: readonly Replica[];
  readonly poolStatuses: readonly (PoolStatus & { readonly applicationId: string })[];
  readonly deletedPoolStatuses: readonly { readonly applicationId: string; readonly poolId: string }[];
  readonly autoscalers: readonly AutoscalerStatus[];
  readonly deletedAutoscalers: readonly { readonly applicationId: string; readonly poolId: string }[];
  readonly traffic: readonly (TrafficInForce & { readonly projectId: string })[];
  readonly statuses: readonly ApplicationStatus[];
  readonly rollouts: readonly RolloutStatus[];
  readonly events: readonly NewEvent[];
  /** Applications that are gone with all their rows. */
  readonly deletedApplications: readonly string[];
  /** Screens that are told to look again: of these applications, or (null) of the cluster. */
  readonly notices: readonly (string | null)[];
}

export const emptyBatch: StatusBatch = {
  atGenerations: [],
  nodes: [],
  createdReplicas: [],
  changedReplicas: [],
  deletedReplicas: [],
  poolStatuses: [],
  deletedPoolStatuses: [],
  autoscalers: [],
  deletedAutoscalers: [],
  traffic: [],
  statuses: [],
  rollouts: [],
  events: [],
  deletedApplications: [],
  notices: [],
};

/** The rows are no longer what the batch was made from: nothing was written. */
export class StaleRowsError extends Error {}
