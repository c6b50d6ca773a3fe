import type { Sizing } from "../traffic/wanted-replicas.ts";
import { servingEntries } from "./serving.ts";
import type { ReconcileSnapshot, RevisionDeployment } from "./snapshot.ts";

/**
 * How many replicas a deployment of a revision wants. A number set by hand wins over the spec's fixed one. An autoscaled pool
 * that is new begins where its deployment stands in the revision that serves, unless the spec says where to begin (as Ray
 * Serve does): an update takes no capacity away.
 */
export function sizingOf(snapshot: ReconcileSnapshot, deployment: RevisionDeployment): Sizing {
  const { name, poolId, autoscaling } = deployment;
  const byHand = snapshot.application.manualScale[name];
  if (autoscaling === null) {
    return { poolId, numReplicas: byHand ?? deployment.numReplicas, autoscaling: null, target: null };
  }
  const target = targetOf(snapshot, poolId);
  const start = autoscaling.initialReplicas === null ? servingTarget(snapshot, name) : null;
  return { poolId, numReplicas: start ?? deployment.numReplicas, autoscaling, target };
}

function servingTarget(snapshot: ReconcileSnapshot, name: string): number | null {
  const heaviest = [...servingEntries(snapshot)].sort((a, b) => b.weight - a.weight)[0];
  const revision = snapshot.revisions.find((candidate) => candidate.revision === heaviest?.revision);
  const poolId = revision?.deployments.find((deployment) => deployment.name === name)?.poolId;
  return poolId === undefined ? null : targetOf(snapshot, poolId);
}

function targetOf(snapshot: ReconcileSnapshot, poolId: string): number | null {
  return snapshot.pools.find((pool) => pool.poolId === poolId)?.autoscaleTarget ?? null;
}
