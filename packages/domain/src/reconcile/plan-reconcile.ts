import type { RoomLedger } from "../placement/room-ledger.ts";
import { ongoingSteps } from "../rollout/compare-revisions.ts";
import { defaultRolloutDeadlineMs, judgeProgress, rolloutDueMs } from "../rollout/judge-progress.ts";
import { findNewSteps } from "../rollout/find-steps.ts";
import { planRollout } from "../rollout/plan-rollout.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { Action, PlannedEvent } from "./action.ts";
import { decideApplicationStatus } from "./decide-application-status.ts";
import { decideIntendedTraffic } from "./decide-intended-traffic.ts";
import { findHolds } from "./find-holds.ts";
import { findFailure } from "./find-failure.ts";
import { intendedSplit, planLive } from "./intent.ts";
import type { LivePlan } from "./intent.ts";
import { planForgets, planLosses } from "./plan-losses.ts";
import { afterMoves, planMoves } from "./plan-moves.ts";
import type { MovePlan } from "./plan-moves.ts";
import { planPlacement } from "./plan-placement.ts";
import { planPool } from "./plan-pool.ts";
import type { LivePool } from "./plan-pool.ts";
import { planPoolStatuses } from "./plan-pool-statuses.ts";
import { planRemoval } from "./plan-removal.ts";
import { planRetiredPool } from "./plan-retired-pool.ts";
import { planTransition } from "./plan-transition.ts";
import { decideWarmUntil, defaultWarmMs } from "./plan-warmth.ts";
import { countReady, groupReplicas } from "./replica-groups.ts";
import { equalVariants } from "./same.ts";
import { findRevision } from "./serving.ts";
import type { ApplicationVerdict, ReconcileSnapshot } from "./snapshot.ts";
import { countRunning, viewPools } from "./view-pools.ts";
import type { PoolView } from "./view-pools.ts";
import { WakeList } from "./wake-list.ts";

/** What a pass over one application found and wants done. */
export interface ReconcilePlan {
  /** In the order of application; empty (or only `wakeAt`) when desired and observed agree. */
  readonly actions: readonly Action[];
  readonly status: ApplicationVerdict;
  readonly traffic: EffectiveTraffic;
  /** Replicas of this application wait for room that is not there. */
  readonly lacksRoom: boolean;
}

export interface ReconcileSettings {
  /** A rollout without progress for so long is given up. */
  readonly rolloutDeadlineMs: number;
  /** Replicas of the revision before are kept for so long, for a rollback. 0 = not at all. */
  readonly warmMs: number;
}

export const defaultReconcileSettings: ReconcileSettings = {
  rolloutDeadlineMs: defaultRolloutDeadlineMs,
  warmMs: defaultWarmMs,
};

export interface ReconcileInput {
  readonly snapshot: ReconcileSnapshot;
  /** All nodes, with the room that replicas of all applications hold. Is as it was when the plan is made. */
  readonly rooms: RoomLedger;
  readonly nowMs: number;
  /** Unused replica ids, taken from the front; when they run out the plan asks to be made again at once. */
  readonly freshReplicaIds: readonly string[];
  readonly settings: ReconcileSettings;
  /** Some other application waits for room: nothing is kept warm. */
  readonly roomIsShort: boolean;
}

/** Linked gateways that say nothing for so long do not hold up a drain. */
const ACKNOWLEDGE_WITHIN_MS = 5_000;

/**
 * The one decision about an application: what to create, place, move, drain, forget, where requests go and what its status is.
 * Pure: equal input gives an equal plan.
 */
export function planReconcile(input: ReconcileInput): ReconcilePlan {
  const { snapshot, nowMs, rooms, settings } = input;
  const { application } = snapshot;
  const isPaused = application.rolloutPausedAtMs !== null && application.split === null;
  const wakes = new WakeList();

  const groups = new Map(snapshot.pools.map((pool) => [pool.poolId, groupReplicas(pool, rooms)]));
  const tried = planLive(snapshot, groups, application.failedGeneration === application.updateGeneration);
  const views = viewPools(snapshot, groups, tried, nowMs);
  const stuck = { nowMs, deadlineMs: settings.rolloutDeadlineMs, isPaused, missing: snapshot.status?.message ?? "" };
  const failure = findFailure(snapshot, views, judgeProgress(snapshot.rollout, stuck));
  // A failure found now takes the failed revision out of what is live.
  const live = failure?.isNew === true ? planLive(snapshot, groups, true) : tried;

  const traffic = decideIntendedTraffic(snapshot, groups, live, failure?.reason ?? null);
  const isTrafficChanged = !equalVariants(traffic.variants, snapshot.effective?.variants ?? []);
  const confirmedAtMs = isTrafficChanged ? nowMs + ACKNOWLEDGE_WITHIN_MS : confirmationDueMs(snapshot);
  const isSettled = nowMs >= confirmedAtMs;

  const moves = planMoves(snapshot, views, live, { isSettled, isPaused });
  const moved = afterMoves(views, moves);
  const ids = [...input.freshReplicaIds];
  const nextId = (): string | undefined => {
    if (ids.length === 0) wakes.add(nowMs, "more replica ids are needed");
    return ids.shift();
  };
  const pools = livePools(moved, live, moves, isPaused);
  const planned = pools.map((pool) => ({ pool, plan: planPool(pool, { nowMs, isSettled }, nextId) }));
  const losses = views.map((view) => planLosses(view.facts, view.groups, rooms, application.deleting));
  const placement = planPlacement(rooms, planned, () => findHolds(snapshot, moved, live));
  const stepping = ongoingSteps(snapshot, failure !== null);
  const toRevision = live.intended[0]?.revision;
  const newSteps = findNewSteps({ snapshot, toRevision, rooms, pools, groups, stepping, ...placement });
  const lacksRoom = placement.refusals.size > 0;

  const retiredViews = moved.filter(({ facts }) => !live.wanted.has(facts.poolId));
  const progress = countTarget(snapshot, moved, live);
  const draft = planRollout({
    snapshot,
    nowMs,
    traffic,
    isSettled,
    failure: failure?.reason ?? null,
    deadlineMs: settings.rolloutDeadlineMs,
    ...progress,
    leaving: retiredViews.reduce((sum, view) => sum + countLeaving(view), 0),
    budgets: new Map([...stepping, ...(live.steps?.budgets ?? []), ...newSteps]),
  });
  const warm = new Map(
    retiredViews.map(({ facts }): [string, number | null] => [
      facts.poolId,
      decideWarmUntil({
        snapshot,
        rollout: draft,
        poolId: facts.poolId,
        warmUntilMs: facts.status?.warmUntilMs ?? null,
        isSettled,
        roomIsShort: input.roomIsShort || lacksRoom,
        warmMs: settings.warmMs,
        nowMs,
      }),
    ]),
  );
  const retired = retiredViews.map((view) =>
    planRetiredPool(view.facts, view.groups, {
      snapshot,
      live: live.wanted,
      isSettled,
      warmUntilMs: warm.get(view.facts.poolId) ?? null,
    }),
  );
  const statuses = planPoolStatuses(snapshot, moved, live, placement.refusals, warm);
  const running = moved.reduce((sum, view) => sum + countRunning(view), 0);
  const status = decideApplicationStatus({
    snapshot,
    target: findRevision(snapshot, application.targetRevision),
    failure: failure?.reason ?? null,
    traffic,
    isTrafficAsIntended: isAsIntended(snapshot, traffic),
    livePools: statuses.live,
    running,
  });
  if (application.deleting && running === 0) {
    return { actions: planRemoval(snapshot), status, traffic, lacksRoom: false };
  }

  for (const { pool } of planned) {
    const { replacement } = pool.failures;
    const isShort = pool.groups.active.length < pool.wanted;
    if (isShort && replacement.kind === "later") wakes.add(replacement.atMs, replacement.reason);
  }
  for (const untilMs of warm.values()) if (untilMs !== null) wakes.add(untilMs, "warm replicas go");
  const dueMs = isPaused ? null : rolloutDueMs(draft, settings.rolloutDeadlineMs);
  if (dueMs !== null) wakes.add(dueMs, "the rollout is given up unless it comes nearer to its end");
  const waits = [moves, ...planned.map(({ plan }) => plan), ...retired].some((plan) => plan.waitsForGateways);
  const isClosing = draft?.phase === "switching";
  if (!isSettled && (waits || isClosing)) wakes.add(confirmedAtMs, "gateways have not all confirmed the new weights");

  const transition = planTransition({ snapshot, failure, traffic, isTrafficChanged, status, rollout: draft, newSteps });
  const events: readonly PlannedEvent[] = [
    ...losses.flatMap((loss) => loss.events),
    ...planned.flatMap(({ plan }) => plan.events),
    ...placement.events,
    ...transition.events,
  ];
  const actions: Action[] = [
    ...views.flatMap(({ failures }) => failures.actions),
    ...losses.flatMap((loss) => loss.actions),
    ...moves.actions,
    ...planned.flatMap(({ plan }) => plan.actions),
    ...placement.actions,
    ...retired.flatMap((plan) => plan.actions),
    ...views.flatMap(({ groups: sorted }) => planForgets(sorted, nowMs)),
    ...statuses.actions,
    ...transition.actions,
    ...events.map((event): Action => ({ kind: "recordEvent", ...event })),
    ...wakes.earliest(),
  ];
  return { actions, status, traffic, lacksRoom };
}

/** When the weights in force count as known to all gateways, those included that lost their link and serve on. */
function confirmationDueMs(snapshot: ReconcileSnapshot): number {
  const { trafficAcknowledged, trafficChangedAtMs, gatewaysAwaitedUntilMs } = snapshot;
  if (trafficChangedAtMs === null) return Number.NEGATIVE_INFINITY;
  const ofLinkedMs = trafficAcknowledged ? Number.NEGATIVE_INFINITY : trafficChangedAtMs + ACKNOWLEDGE_WITHIN_MS;
  return Math.max(ofLinkedMs, gatewaysAwaitedUntilMs ?? Number.NEGATIVE_INFINITY);
}

function livePools(views: readonly PoolView[], live: LivePlan, moves: MovePlan, isPaused: boolean): LivePool[] {
  return views.flatMap(({ facts, groups, failures }): LivePool[] => {
    const spec = live.specs.get(facts.poolId);
    const wanted = live.wanted.get(facts.poolId);
    if (spec === undefined || wanted === undefined) return [];
    const isHeld = moves.waiting.has(facts.poolId) || (isPaused && !live.inForce.has(facts.poolId));
    return [{ poolId: facts.poolId, ...spec, wanted, groups, failures, isHeld }];
  });
}

/** Ready and wanted replicas of the target revision, whole. */
function countTarget(
  snapshot: ReconcileSnapshot,
  views: readonly PoolView[],
  live: LivePlan,
): { readonly ready: number; readonly wanted: number } {
  const pools = findRevision(snapshot, snapshot.application.targetRevision)?.deployments ?? [];
  return pools.reduce(
    (sum, { poolId }) => {
      const wanted = live.whole.get(poolId) ?? 0;
      const active = views.find(({ facts }) => facts.poolId === poolId)?.groups.active ?? [];
      return { ready: sum.ready + Math.min(wanted, countReady(active)), wanted: sum.wanted + wanted };
    },
    { ready: 0, wanted: 0 },
  );
}

/** Replicas of a retired pool on their way out: those that are kept warm are ready and stay. */
function countLeaving(view: PoolView): number {
  return view.groups.draining.length;
}

function isAsIntended(snapshot: ReconcileSnapshot, { variants }: EffectiveTraffic): boolean {
  const wanted = intendedSplit(snapshot, false).map((entry) => ({ variant: "", ...entry }));
  return equalVariants(variants, wanted);
}
