/** One deployment that differs between the revision that serves and the target. Counts are of replicas. */
export interface SteppedDeployment {
  readonly name: string;
  readonly oldPoolId: string;
  readonly newPoolId: string;
  /**
   * `surge`: all new ones come up beside the old. `step`: there is no room for that, so old ones go a few at a time.
   * `move`: running ones take on the new configuration, a few at a time.
   */
  readonly way: "surge" | "step" | "move";
  /** Wanted by the target revision at 100 %. */
  readonly full: number;
  /** Wanted by the revision that serves when it carries all requests. */
  readonly oldFull: number;
  /** In the old pool, ready or on the way (on the way back: ready). Nothing is started there any more. */
  readonly oldActive: number;
  /** Pools of further revisions that serve, with what is ready there: they are given up before the old one. */
  readonly others: readonly { readonly poolId: string; readonly ready: number }[];
  /** Ready in the new pool. */
  readonly ready: number;
  /** In the new pool, ready or on the way; those that wait for room are not counted. */
  readonly begun: number;
  /** Share of `full` that may be missing at a time, (0, 1]. */
  readonly percentage: number;
}

export interface StepPlan {
  /** Wanted replicas of the pools that step, old and new. */
  readonly wanted: ReadonlyMap<string, number>;
  /** Requests that shall go to the target revision now, 0..100 in steps of 0.1. */
  readonly weight: number;
  /** Requests go to the target although a deployment of it has no replica yet: they wait for it. */
  readonly mayWait: boolean;
  /** What they wait for: running replicas that take on other settings, or new ones that have no room beside the old. */
  readonly waitsFor: "move" | "room";
  readonly budgets: Budgets;
  /** Pools of further revisions that keep nothing: their requests go elsewhere first. */
  readonly emptied: ReadonlySet<string>;
}

/** How many replicas of a deployment change at a time, and how. */
export type Budgets = ReadonlyMap<string, { readonly way: "step" | "move"; readonly count: number }>;

/** Replicas that may be missing at a time: Ray Serve's max(int(rolling_update_percentage · target), 1). */
export function stepBudget(full: number, percentage: number): number {
  return Math.max(1, Math.floor(full * percentage + 1e-9));
}

/**
 * The next wave of an update without room for all new replicas beside the old; null when nothing steps.
 *
 * Deployments with room come up whole first. Then all that step go in lock-step: with w the least share that is ready in any
 * of them, each may have floor(full · w) + budget new replicas, and keeps full minus that of the old. So at least
 * full - budget are ready until the last wave. Requests follow: ready / (ready + old ones kept). The last old replicas of a
 * deployment go only when every other deployment is at its last wave too, because from then on all requests go to the
 * target: until then each stops at its ceiling, and holds up no other there.
 */
export function planSteps(deployments: readonly SteppedDeployment[]): StepPlan | null {
  const stepping = deployments.filter(({ way, full }) => way !== "surge" && full > 0);
  if (stepping.length === 0) return null;
  const isRoomy = deployments.every(({ way, ready, full }) => way !== "surge" || ready >= full);
  const ceilingOf = ceilings(stepping);
  const shareOf = ({ ready, full }: SteppedDeployment): number => Math.min(1, ready / full);
  const least = Math.min(...stepping.map((one) => (one.ready >= ceilingOf(one) ? 1 : shareOf(one))));
  const allowedOf = (one: SteppedDeployment): number =>
    Math.min(one.full, part(one.full, least) + stepBudget(one.full, one.percentage));
  const isLastWave = stepping.every((one) => allowedOf(one) === one.full);
  const steps = stepping.map((one) => {
    const next = isLastWave ? one.full : Math.min(ceilingOf(one), allowedOf(one));
    const begun = Math.min(one.begun, one.full);
    // What is only on its way replaces nothing yet: the old side keeps by what is ready.
    return isRoomy
      ? { one, allowed: Math.max(next, begun), kept: one.full - next }
      : { one, allowed: begun, kept: one.full };
  });
  const isLast = isRoomy && isLastWave;
  const share = Math.min(...steps.map(({ one, kept }) => (one.ready === 0 ? 0 : one.ready / (one.ready + kept))));
  const wanted = new Map(
    steps.flatMap(({ one, allowed, kept }): [string, number][] => [
      [one.newPoolId, allowed],
      ...keptPools(one, keptOf(one, kept)),
    ]),
  );
  const further = stepping.flatMap(({ others }) => others.map(({ poolId }) => poolId));
  return {
    wanted,
    emptied: new Set(further.filter((poolId) => wanted.get(poolId) === 0)),
    weight: isLast ? 100 : Math.min(99.9, Math.floor(share * 1000 + 1e-6) / 10),
    mayWait: isLast && stepping.some(({ ready }) => ready === 0),
    waitsFor: stepping.every(({ ready, way }) => ready > 0 || way === "move") ? "move" : "room",
    budgets: new Map(
      stepping.map(({ name, way, full, percentage }) => [
        name,
        { way: way === "move" ? "move" : "step", count: stepBudget(full, percentage) },
      ]),
    ),
  };
}

/**
 * The most new replicas of a deployment before the last wave: all but one. Beside a deployment of one replica, which can only
 * change hands as a whole, half of them: the old side carries everything before that moment, the new side after it.
 */
function ceilings(stepping: readonly SteppedDeployment[]): (one: SteppedDeployment) => number {
  const hasSingle = stepping.some(({ full }) => full === 1);
  return ({ full }) => (hasSingle ? Math.floor(full / 2) : full - 1);
}

/** Whole replicas in a share of them; 1e-9 for shares like 3 · (1/3). */
function part(full: number, share: number): number {
  return Math.floor(full * share + 1e-9);
}

/** The old side keeps the same share of its own number, and one as long as it has to serve at all. */
function keptOf({ full, oldFull }: SteppedDeployment, kept: number): number {
  return kept === 0 ? 0 : Math.min(oldFull, Math.max(1, Math.floor((oldFull * kept) / full + 1e-9)));
}

/** What the old side keeps: its main pool first, further ones only what is missing there. Nothing is started for it. */
function keptPools({ oldPoolId, oldActive, others }: SteppedDeployment, kept: number): [string, number][] {
  const main = Math.min(kept, oldActive);
  let left = kept - main;
  const rest = others.map(({ poolId, ready }): [string, number] => {
    const here = Math.min(left, ready);
    left -= here;
    return [poolId, here];
  });
  return [[oldPoolId, main], ...rest];
}
