import { compareRevisions, ongoingSteps } from "../rollout/compare-revisions.ts";
import { planSteps } from "../rollout/plan-steps.ts";
import type { StepPlan } from "../rollout/plan-steps.ts";
import { replicasWanted, wantedReplicas } from "../traffic/wanted-replicas.ts";
import type { SplitEntry } from "../traffic/traffic.ts";
import { countReady } from "./replica-groups.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { findRevision, poolsOnTrial, servingBeside, servingEntries } from "./serving.ts";
import { sizingOf } from "./sizing.ts";
import type { ReconcileSnapshot, RevisionDeployment, RevisionFacts } from "./snapshot.ts";

/** Revisions that shall run now. */
export interface LivePlan {
  /** Weights a person or the rollout aims at; empty when the application goes or its generation failed. */
  readonly intended: readonly SplitEntry[];
  /** Wanted replicas of each pool of a live revision. */
  readonly wanted: ReadonlyMap<string, number>;
  /** The same when nothing goes in steps. */
  readonly whole: ReadonlyMap<string, number>;
  /** Options of each of these pools, from the newest live revision that uses it. */
  readonly specs: ReadonlyMap<string, { readonly revision: number; readonly deployment: RevisionDeployment }>;
  /** Pools of revisions that have weight now. */
  readonly inForce: ReadonlySet<string>;
  /** The next wave of an update that goes in steps; null = none does. */
  readonly steps: StepPlan | null;
}

/**
 * Where requests shall go: the split, or everything to the target revision. A target that failed gives way to the revision that
 * its rollout began from; without one nothing is aimed at, and what serves stays.
 */
export function intendedSplit(
  { application, rollout, revisions }: ReconcileSnapshot,
  hasFailed: boolean,
): readonly SplitEntry[] {
  if (application.deleting) return [];
  if (!hasFailed) return application.split ?? [{ revision: application.targetRevision, weight: 100 }];
  const back = rollout?.toRevision === application.targetRevision ? rollout.fromRevision : null;
  const isThere = revisions.some(({ revision, deployments }) => revision === back && deployments.length > 0);
  return application.split !== null || back === null || !isThere ? [] : [{ revision: back, weight: 100 }];
}

/**
 * A revision is live when it is intended or has weight now; each must carry the larger of the two weights, so replicas are
 * there before weight rises and until it has fallen.
 */
export function planLive(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  hasFailed: boolean,
): LivePlan {
  const intended = intendedSplit(snapshot, hasFailed);
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
  const heaviest = Math.max(...weights.values());
  const whole = wantedReplicas(
    live.map(({ revision, deployments }) => {
      const weight = weights.get(revision) ?? 0;
      const sizings = deployments.map((deployment) => sizingOf(snapshot, deployment));
      return { weight, isHeaviest: weight === heaviest, deployments: sizings };
    }),
  );
  const inForce = live
    .filter(({ revision }) => serving.some((entry) => entry.revision === revision))
    .flatMap(({ deployments }) => deployments.map(({ poolId }) => poolId));
  const steps = planUpdateSteps(snapshot, groups, intended, hasFailed);
  const wanted = new Map([...whole, ...heldWishes(snapshot, groups, whole, specs), ...(steps?.wanted ?? [])]);
  if (hasFailed && intended.length > 0) capFailed(snapshot, groups, live, wanted);
  return { intended, wanted, whole, specs, inForce: new Set(inForce), steps };
}

/**
 * Only a target that everything is to follow goes in steps, or the way back from one that failed; the sides of a split stand
 * beside each other.
 */
function planUpdateSteps(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  intended: readonly SplitEntry[],
  hasFailed: boolean,
): StepPlan | null {
  const { deleting, split, rolloutPausedAtMs } = snapshot.application;
  const to = findRevision(snapshot, intended[0]?.revision ?? 0);
  if (deleting || split !== null || to === undefined || (rolloutPausedAtMs !== null && !hasFailed)) return null;
  const others = servingBeside(snapshot, to.revision);
  const from = findRevision(snapshot, others[0]?.revision ?? 0);
  if (to.deployments.length === 0 || from === undefined) return null;
  return planSteps(
    compareRevisions({
      from,
      to,
      fullOf: (deployment) => replicasWanted(sizingOf(snapshot, deployment), 100, true),
      groups,
      stepping: ongoingSteps(snapshot, hasFailed),
      isGoingBack: hasFailed,
      others: others.slice(1).flatMap(({ revision }) => findRevision(snapshot, revision) ?? []),
    }),
  );
}

/** Of a target that failed, what is ready may serve on until the revision before does; nothing is started for it any more. */
function capFailed(
  { application }: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  live: readonly RevisionFacts[],
  wanted: Map<string, number>,
): void {
  const isTarget = ({ revision }: RevisionFacts): boolean => revision === application.targetRevision;
  const others = live.filter((revision) => !isTarget(revision)).flatMap(({ deployments }) => deployments);
  const kept = new Set(others.map(({ poolId }) => poolId));
  for (const { poolId } of live.filter(isTarget).flatMap(({ deployments }) => deployments)) {
    const ready = countReady(groups.get(poolId)?.active ?? []);
    if (!kept.has(poolId)) wanted.set(poolId, Math.min(wanted.get(poolId) ?? 0, ready));
  }
}

/**
 * While a person holds a rollout still, nothing is started for the target and nothing old goes; deaths of what served before
 * are replaced. The autoscaler goes on where it had decided already.
 */
function heldWishes(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  whole: ReadonlyMap<string, number>,
  specs: LivePlan["specs"],
): Map<string, number> {
  const { rolloutPausedAtMs, split } = snapshot.application;
  if (rolloutPausedAtMs === null || split !== null) return new Map();
  const onTrial = poolsOnTrial(snapshot);
  return new Map(
    [...whole].map(([poolId, wanted]): [string, number] => {
      const pool = snapshot.pools.find((candidate) => candidate.poolId === poolId);
      const there = groups.get(poolId)?.active.filter(({ stage }) => stage !== "pending").length ?? 0;
      if (onTrial.has(poolId) || pool === undefined) return [poolId, there];
      const isScaled = pool.autoscaleTarget !== null && specs.get(poolId)?.deployment.autoscaling !== null;
      return [poolId, isScaled ? wanted : Math.max(there, pool.status?.wantedReplicas ?? 0)];
    }),
  );
}
