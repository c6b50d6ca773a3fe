import { countReady } from "../reconcile/replica-groups.ts";
import type { ReplicaGroups } from "../reconcile/replica-groups.ts";
import type { ReconcileSnapshot, RevisionDeployment, RevisionFacts } from "../reconcile/snapshot.ts";
import { canTakeInPlace } from "../spec/version-input.ts";
import type { Budgets, SteppedDeployment } from "./plan-steps.ts";

/** Under this name in the numbers of a rollout stands how many old replicas a deployment gives up at a time (`move `: reconfigures). */
const stepPrefix = "step ";

/** Deployments that a rollout found no room for, with the replicas they give up at a time: they go in steps until it ends. */
export function ongoingSteps({ rollout, application }: ReconcileSnapshot): Budgets {
  if (rollout?.toRevision !== application.targetRevision || rollout.endedAtMs !== null) return new Map();
  const steps = Object.entries(rollout.numbers).filter(([key]) => key.startsWith(stepPrefix));
  return new Map(steps.map(([key, count]) => [key.slice(stepPrefix.length), { way: "step", count }]));
}

export function stepNumbers(budgets: Budgets): Record<string, number> {
  return Object.fromEntries([...budgets].map(([name, { way, count }]) => [`${way} ${name}`, count]));
}

/** Deployments that run in another pool in the target than in the revision that serves, and how each gets there. */
export function compareRevisions(input: {
  readonly from: RevisionFacts;
  readonly to: RevisionFacts;
  /** Wanted replicas of a deployment when its revision carries all requests. */
  readonly fullOf: (deployment: RevisionDeployment) => number;
  readonly groups: ReadonlyMap<string, ReplicaGroups>;
  readonly stepping: Budgets;
  /** There may not be room for all: every deployment goes in steps, and old ones make room only where new ones found none. */
  readonly alwaysSteps: boolean;
  /** Revisions that serve beside the two. */
  readonly others: readonly RevisionFacts[];
}): SteppedDeployment[] {
  return input.to.deployments.flatMap((next): SteppedDeployment[] => {
    const before = input.from.deployments.find(({ name }) => name === next.name);
    const full = input.fullOf(next);
    const active = input.groups.get(next.poolId)?.active ?? [];
    const counts = {
      name: next.name,
      newPoolId: next.poolId,
      full,
      ready: countReady(active),
      begun: active.filter(({ stage }) => stage !== "pending").length,
      percentage: next.rollingUpdatePercentage,
      oldActive: countBegun(input.groups.get(before?.poolId ?? "")),
      others: otherPools(input, next, before?.poolId),
    };
    if (before === undefined) return [{ ...counts, oldPoolId: next.poolId, oldFull: 0, way: "surge", needsRoom: true }];
    if (before.poolId === next.poolId) return [];
    const isStepping = input.alwaysSteps || input.stepping.has(next.name);
    const way = canTakeInPlace(before, next) ? "move" : isStepping ? "step" : "surge";
    const isRefused = active.some(({ stage }) => stage === "pending");
    const needsRoom = way === "move" || !input.alwaysSteps || isRefused;
    return [{ ...counts, oldPoolId: before.poolId, oldFull: input.fullOf(before), way, needsRoom }];
  });
}

function countBegun(groups: ReplicaGroups | undefined): number {
  return groups?.active.filter(({ stage }) => stage !== "pending").length ?? 0;
}

/** Pools of the deployment in further revisions, that neither of the two uses. */
function otherPools(
  input: { readonly others: readonly RevisionFacts[]; readonly groups: ReadonlyMap<string, ReplicaGroups> },
  next: RevisionDeployment,
  beforePoolId: string | undefined,
): SteppedDeployment["others"] {
  const poolIds = input.others.flatMap(({ deployments }) =>
    deployments.filter(({ name }) => name === next.name).map(({ poolId }) => poolId),
  );
  return [...new Set(poolIds)]
    .filter((poolId) => poolId !== next.poolId && poolId !== beforePoolId)
    .map((poolId) => ({ poolId, ready: countReady(input.groups.get(poolId)?.active ?? []) }));
}
