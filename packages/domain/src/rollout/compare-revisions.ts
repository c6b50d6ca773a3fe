import { countReady } from "../reconcile/replica-groups.ts";
import type { ReplicaGroups } from "../reconcile/replica-groups.ts";
import type { ReconcileSnapshot, RevisionDeployment, RevisionFacts } from "../reconcile/snapshot.ts";
import { canTakeInPlace } from "../spec/version-input.ts";
import type { Budgets, SteppedDeployment } from "./plan-steps.ts";

/**
 * Under these names in the numbers of a rollout stands how many replicas a deployment gives up at a time (`move `: takes on
 * the settings). What found no room on the way says nothing about the way back from a failure, which remembers its own.
 */
const prefixes = { onTheWay: "step ", back: "back " } as const;

/** Deployments that a rollout found no room for, with the replicas they give up at a time: they go in steps until it ends. */
export function ongoingSteps({ rollout, application }: ReconcileSnapshot, isGoingBack: boolean): Budgets {
  const isOver = rollout === null || (rollout.endedAtMs !== null && !isGoingBack);
  if (isOver || rollout.toRevision !== application.targetRevision) return new Map();
  const prefix = isGoingBack ? prefixes.back : prefixes.onTheWay;
  const steps = Object.entries(rollout.numbers).filter(([key]) => key.startsWith(prefix));
  return new Map(steps.map(([key, count]) => [key.slice(prefix.length), { way: "step", count }]));
}

export function stepNumbers(budgets: Budgets): Record<string, number> {
  return Object.fromEntries([...budgets].map(([name, { way, count }]) => [`${way} ${name}`, count]));
}

/** For the way back from a failure: what goes in steps there, beside what the way there was. */
export function backNumbers(
  before: Readonly<Record<string, number>>,
  budgets: Budgets,
): Readonly<Record<string, number>> {
  const steps = [...budgets].filter(([, { way }]) => way === "step");
  const ways = Object.entries(before).filter(([key]) => /^(step|move|back) /.test(key));
  const back = steps.map(([name, { count }]): [string, number] => [`${prefixes.back}${name}`, count]);
  return Object.fromEntries([...ways, ...back]);
}

/** Deployments that run in another pool in the target than in the revision that serves, and how each gets there. */
export function compareRevisions(input: {
  readonly from: RevisionFacts;
  readonly to: RevisionFacts;
  /** Wanted replicas of a deployment when its revision carries all requests. */
  readonly fullOf: (deployment: RevisionDeployment) => number;
  readonly groups: ReadonlyMap<string, ReplicaGroups>;
  readonly stepping: Budgets;
  /** `from` has failed: of its replicas only those that are ready count for anything. */
  readonly isGoingBack: boolean;
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
      oldActive: countOld(input, before?.poolId),
      others: otherPools(input, next, before?.poolId),
    };
    if (before === undefined) return [{ ...counts, oldPoolId: next.poolId, oldFull: 0, way: "surge" }];
    if (before.poolId === next.poolId) return [];
    const way = canTakeInPlace(before, next) ? "move" : input.stepping.has(next.name) ? "step" : "surge";
    return [{ ...counts, oldPoolId: before.poolId, oldFull: input.fullOf(before), way }];
  });
}

function countOld(
  { groups, isGoingBack }: { readonly groups: ReadonlyMap<string, ReplicaGroups>; readonly isGoingBack: boolean },
  poolId: string | undefined,
): number {
  const active = groups.get(poolId ?? "")?.active ?? [];
  return isGoingBack ? countReady(active) : active.filter(({ stage }) => stage !== "pending").length;
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
