import { wantedReplicas } from "../traffic/wanted-replicas.ts";
import type { SplitEntry } from "../traffic/traffic.ts";
import type { ReconcileSnapshot, RevisionDeployment, RevisionFacts } from "./snapshot.ts";

/** Revisions that shall run now. */
export interface LivePlan {
  /** Weights a person or the rollout aims at; empty when the application goes or its generation failed. */
  readonly intended: readonly SplitEntry[];
  /** Wanted replicas of each pool of a live revision. */
  readonly wanted: ReadonlyMap<string, number>;
  /** Options of each of these pools, from the newest live revision that uses it. */
  readonly specs: ReadonlyMap<string, { readonly revision: number; readonly deployment: RevisionDeployment }>;
  /** Pools of revisions that have weight now. */
  readonly inForce: ReadonlySet<string>;
}

/** Where requests shall go: the split, or everything to the target revision. */
export function intendedSplit({ application }: ReconcileSnapshot): readonly SplitEntry[] {
  if (application.deleting) return [];
  return application.split ?? [{ revision: application.targetRevision, weight: 100 }];
}

/**
 * A revision is live when it is intended or has weight now; each must carry the larger of the two weights, so replicas are
 * there before weight rises and until it has fallen. With a failed generation only what has weight stays live.
 */
export function planLive(snapshot: ReconcileSnapshot, hasFailed: boolean): LivePlan {
  const intended = hasFailed ? [] : intendedSplit(snapshot);
  const serving = snapshot.application.deleting ? [] : servingEntries(snapshot);
  const weights = new Map<number, number>();
  for (const { revision, weight } of [...intended, ...serving]) {
    weights.set(revision, Math.max(weights.get(revision) ?? 0, weight));
  }
  const live = snapshot.revisions
    .filter(({ revision }) => weights.has(revision))
    .sort((a, b) => a.revision - b.revision);
  const specs = new Map<string, { revision: number; deployment: RevisionDeployment }>();
  for (const { revision, deployments } of live) {
    for (const deployment of deployments) specs.set(deployment.poolId, { revision, deployment });
  }
  const wanted = wantedReplicas(
    live.map(({ revision, deployments }) => ({ weight: weights.get(revision) ?? 0, deployments })),
  );
  const inForce = live
    .filter(({ revision }) => serving.some((entry) => entry.revision === revision))
    .flatMap(({ deployments }) => deployments.map(({ poolId }) => poolId));
  return { intended, wanted, specs, inForce: new Set(inForce) };
}

/** Revisions that have weight now. */
export function servingEntries(snapshot: ReconcileSnapshot): readonly SplitEntry[] {
  return (snapshot.effective?.variants ?? []).filter(({ weight }) => weight > 0);
}

export function findRevision(snapshot: ReconcileSnapshot, revision: number): RevisionFacts | undefined {
  return snapshot.revisions.find((candidate) => candidate.revision === revision);
}
