import type { RolloutFacts } from "./snapshot.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";
import { findRevision } from "./serving.ts";

/** Ready replicas of the revision that served before are kept for so long after an update, for a rollback. */
export const defaultWarmMs = 120_000;

export interface WarmFacts {
  readonly snapshot: ReconcileSnapshot;
  /** As decided in this pass. */
  readonly rollout: RolloutFacts | null;
  readonly poolId: string;
  /** As written before. */
  readonly warmUntilMs: number | null;
  /** Gateways send nothing to the pool any more. */
  readonly isSettled: boolean;
  /** Something else waits for room. */
  readonly roomIsShort: boolean;
  readonly warmMs: number;
  readonly nowMs: number;
}

/**
 * Until when the ready replicas of a pool that nothing uses are kept; null = not at all. Only the revision before the one that
 * serves is kept, only once the update succeeded, and never while anything waits for room.
 */
export function decideWarmUntil(facts: WarmFacts): number | null {
  const { snapshot, rollout, warmUntilMs, nowMs } = facts;
  const { deleting, split } = snapshot.application;
  if (deleting || split !== null || facts.roomIsShort || facts.warmMs <= 0 || rollout === null) return null;
  const hasSucceeded = ["switching", "draining", "completed"].includes(rollout.phase);
  const before = findRevision(snapshot, rollout.fromRevision ?? 0);
  if (!hasSucceeded || before?.deployments.some(({ poolId }) => poolId === facts.poolId) !== true) return null;
  if (warmUntilMs !== null) return warmUntilMs > nowMs ? warmUntilMs : null;
  // A rollout that ended long ago keeps nothing warm anew.
  return (rollout.endedAtMs ?? nowMs) + facts.warmMs > nowMs ? nowMs + facts.warmMs : null;
}
