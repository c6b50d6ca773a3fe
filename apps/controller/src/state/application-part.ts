import type {
  ApplicationRows,
  ApplicationStatus,
  AutoscalerStatus,
  Intent,
  PoolStatus,
  Replica,
  RolloutStatus,
  StatusBatch,
  TrafficInForce,
} from "@sluice/db";

/** One application in the leader's memory. Rows in it are never changed, only replaced. */
export interface ApplicationPart {
  intent: Intent;
  /** By id, the oldest first; ended ones until they are forgotten. */
  readonly replicas: Map<string, Replica>;
  readonly poolStatuses: Map<string, PoolStatus>;
  readonly autoscalers: Map<string, AutoscalerStatus>;
  traffic: TrafficInForce | null;
  status: ApplicationStatus | null;
  rollout: RolloutStatus | null;
}

export function partOf(rows: ApplicationRows): ApplicationPart {
  return {
    intent: rows.intent,
    replicas: new Map(rows.replicas.map((replica) => [replica.id, replica])),
    poolStatuses: new Map(rows.poolStatuses.map((status) => [status.poolId, status])),
    autoscalers: new Map(rows.autoscalers.map((status) => [status.poolId, status])),
    traffic: rows.traffic,
    status: rows.status,
    rollout: rows.rollout,
  };
}

/** What a written batch changes besides replicas, which other indexes follow too. */
export function applyStatuses(parts: ReadonlyMap<string, ApplicationPart>, batch: StatusBatch): void {
  for (const { applicationId, ...status } of batch.poolStatuses) {
    parts.get(applicationId)?.poolStatuses.set(status.poolId, status);
  }
  for (const { applicationId, poolId } of batch.deletedPoolStatuses) {
    parts.get(applicationId)?.poolStatuses.delete(poolId);
  }
  for (const status of batch.autoscalers) parts.get(status.applicationId)?.autoscalers.set(status.poolId, status);
  for (const { applicationId, poolId } of batch.deletedAutoscalers) {
    parts.get(applicationId)?.autoscalers.delete(poolId);
  }
  for (const row of batch.traffic) {
    const part = parts.get(row.applicationId);
    if (part !== undefined) part.traffic = row;
  }
  for (const row of batch.statuses) {
    const part = parts.get(row.applicationId);
    if (part !== undefined) part.status = row;
  }
  for (const row of batch.rollouts) {
    const part = parts.get(row.applicationId);
    if (part !== undefined) part.rollout = row;
  }
}
