import type { Sizing } from "../traffic/wanted-replicas.ts";
import { servingEntries } from "./serving.ts";
import type { ReconcileSnapshot, RevisionDeployment } from "./snapshot.ts";

/**
 * How many replicas a deployment of a revision wants. A number set by hand wins over the spec's fixed one. An autoscaled pool
 * that is new begins where its deployment stands in what serves now, unless the spec says where to begin (as Ray Serve
 * does): an update takes no capacity away.
 */
export function sizingOf(snapshot: ReconcileSnapshot, deployment: RevisionDeployment): Sizing {
  const { name, poolId, autoscaling } = deployment;
  if (autoscaling === null) {
    const byHand = snapshot.application.manualScale[name];
    return { poolId, numReplicas: byHand ?? deployment.numReplicas, autoscaling: null, target: null };
  }
  const target = poolOf(snapshot, poolId)?.autoscaleTarget ?? null;
  const start = target === null && autoscaling.initialReplicas === null ? servingCount(snapshot, deployment) : null;
  return { poolId, numReplicas: start ?? deployment.numReplicas, autoscaling, target };
}

/** The most that a revision with weight, or the one an update began from, wants of the deployment; null when none has it. */
function servingCount(snapshot: ReconcileSnapshot, { name, poolId: ownPoolId }: RevisionDeployment): number | null {
  const { rollout } = snapshot;
  const before = rollout?.endedAtMs === null ? rollout.fromRevision : null;
  const serving = new Set([
    ...servingEntries(snapshot).map(({ revision }) => revision),
    ...(before === null ? [] : [before]),
  ]);
  const counts = [...serving].flatMap((revision) => {
    const there = snapshot.revisions
      .find((candidate) => candidate.revision === revision)
      ?.deployments.find((candidate) => candidate.name === name);
    if (there === undefined) return [];
    if (there.autoscaling === null) return [snapshot.application.manualScale[name] ?? there.numReplicas];
    const pool = poolOf(snapshot, there.poolId);
    const isStepping = rollout?.phase === "rolling" && there.poolId === ownPoolId;
    // A pool that no decision was made for yet stays as it is; in steps that is only its share so far.
    return pool?.autoscaleTarget ?? (isStepping ? [] : (pool?.status?.wantedReplicas ?? []));
  });
  return counts.length === 0 ? null : Math.max(...counts);
}

function poolOf(snapshot: ReconcileSnapshot, poolId: string): ReconcileSnapshot["pools"][number] | undefined {
  return snapshot.pools.find((pool) => pool.poolId === poolId);
}
