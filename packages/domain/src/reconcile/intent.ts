import { compareRevisions, ongoingSteps } from "../rollout/compare-revisions.ts";
import { planSteps } from "../rollout/plan-steps.ts";
import type { StepPlan } from "../rollout/plan-steps.ts";
import { replicasWanted, wantedReplicas } from "../traffic/wanted-replicas.ts";
import type { SplitEntry } from "../traffic/traffic.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { findRevision, otherServing, servingEntries } from "./serving.ts";
import { sizingOf } from "./sizing.ts";
import type { ReconcileSnapshot, RevisionDeployment } from "./snapshot.ts";

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
  const steps = hasFailed ? null : planUpdateSteps(snapshot, groups);
  const wanted = new Map([...whole, ...(steps?.wanted ?? [])]);
  return { intended, wanted, whole, specs, inForce: new Set(inForce), steps };
}

/** Only a target that everything is to follow goes in steps; the sides of a split stand beside each other. */
function planUpdateSteps(snapshot: ReconcileSnapshot, groups: ReadonlyMap<string, ReplicaGroups>): StepPlan | null {
  const { deleting, split, targetRevision, rolloutPausedAtMs } = snapshot.application;
  if (deleting || split !== null || rolloutPausedAtMs !== null) return null;
  const to = findRevision(snapshot, targetRevision);
  const from = findRevision(snapshot, otherServing(snapshot)?.revision ?? 0);
  if (to === undefined || to.deployments.length === 0 || from === undefined) return null;
  const fullOf = (deployment: RevisionDeployment): number => replicasWanted(sizingOf(snapshot, deployment), 100, true);
  return planSteps(compareRevisions({ from, to, fullOf, groups, stepping: ongoingSteps(snapshot) }));
}
