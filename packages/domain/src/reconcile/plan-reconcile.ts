import type { PlacementNode } from "../placement/placement.ts";
import { decideTraffic } from "../traffic/decide-traffic.ts";
import { variantName } from "../traffic/traffic.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { Action, PlannedEvent } from "./action.ts";
import { decideApplicationStatus } from "./decide-application-status.ts";
import { decideReadiness } from "./decide-readiness.ts";
import { findFailure } from "./find-failure.ts";
import { findRevision, intendedSplit, planLive } from "./intent.ts";
import type { LivePlan } from "./intent.ts";
import { planForgets, planLosses } from "./plan-losses.ts";
import { planPlacement } from "./plan-placement.ts";
import { planPool } from "./plan-pool.ts";
import type { LivePool } from "./plan-pool.ts";
import { planPoolStatuses } from "./plan-pool-statuses.ts";
import { planRetiredPool } from "./plan-retired-pool.ts";
import { planTransition } from "./plan-transition.ts";
import { equalVariants } from "./same.ts";
import type { ApplicationVerdict, ReconcileSnapshot } from "./snapshot.ts";
import { countRunning, viewPools } from "./view-pools.ts";
import type { PoolView } from "./view-pools.ts";

/** What a pass over one application found and wants done. */
export interface ReconcilePlan {
  /** In the order of application; empty (or only `wakeAt`) when desired and observed agree. */
  readonly actions: readonly Action[];
  readonly status: ApplicationVerdict;
  readonly traffic: EffectiveTraffic;
}

export interface ReconcileInput {
  readonly snapshot: ReconcileSnapshot;
  /** All nodes, with the room that replicas of all applications hold (see `measureNodeUse`). One that is missing is gone. */
  readonly nodes: readonly PlacementNode[];
  readonly nowMs: number;
  /** Unused replica ids, taken from the front; when they run out the plan asks to be made again at once. */
  readonly freshReplicaIds: readonly string[];
}

/** Gateways that say nothing for so long do not hold up a drain. */
const ACKNOWLEDGE_WITHIN_MS = 5_000;

/**
 * The one decision about an application: what to create, place, drain, forget, where requests go and what its status is.
 * Pure: equal input gives an equal plan.
 */
export function planReconcile(input: ReconcileInput): ReconcilePlan {
  const { snapshot, nowMs } = input;
  const { application } = snapshot;
  const nodes = new Map(input.nodes.map((node) => [node.nodeId, node]));

  const tried = planLive(snapshot, application.failedGeneration === application.generation);
  const views = viewPools(snapshot, nodes, tried, nowMs);
  const failure = findFailure(snapshot, views);
  // A failure found now takes the failed revision out of what is live.
  const live = failure?.isNew === true ? planLive(snapshot, true) : tried;

  const traffic = trafficOf(snapshot, views, failure?.reason ?? null);
  const isTrafficChanged = !equalVariants(traffic.variants, snapshot.effective?.variants ?? []);
  const confirmedAtMs = isTrafficChanged ? nowMs + ACKNOWLEDGE_WITHIN_MS : confirmationDueMs(snapshot);
  const isSettled = nowMs >= confirmedAtMs;

  const ids = [...input.freshReplicaIds];
  const wakes: { atMs: number; reason: string }[] = [];
  const nextId = (): string | undefined => {
    if (ids.length === 0) wakes.push({ atMs: nowMs, reason: "more replica ids are needed" });
    return ids.shift();
  };
  const planned = livePools(views, live).map((pool) => ({ pool, plan: planPool(pool, { nowMs, isSettled }, nextId) }));
  const retired = views
    .filter(({ facts }) => !live.wanted.has(facts.poolId))
    .map(({ facts, groups }) => planRetiredPool(facts, groups, { snapshot, live: live.wanted, isSettled }));
  const losses = views.map((view) => planLosses(view.facts, view.groups, nodes, application.deleting));
  const placement = planPlacement(snapshot, input.nodes, planned);
  const statuses = planPoolStatuses(snapshot, views, live.wanted, placement.refusals);
  const running = views.reduce((sum, view) => sum + countRunning(view), 0);
  const status = decideApplicationStatus({
    snapshot,
    target: findRevision(snapshot, application.targetRevision),
    failure: failure?.reason ?? null,
    traffic,
    isTrafficAsIntended: equalVariants(traffic.variants, asVariants(snapshot)),
    livePools: statuses.live,
    running,
  });
  if (application.deleting && running === 0) return { actions: removal(snapshot), status, traffic };

  for (const { pool } of planned) {
    const { replacement } = pool.failures;
    const isShort = pool.groups.active.length < pool.wanted;
    if (isShort && replacement.kind === "later") wakes.push({ atMs: replacement.atMs, reason: replacement.reason });
  }
  if (!isSettled && [...planned.map(({ plan }) => plan), ...retired].some((plan) => plan.waitsForGateways)) {
    wakes.push({ atMs: confirmedAtMs, reason: "gateways have not all confirmed the new weights" });
  }
  const transition = planTransition({ snapshot, failure, traffic, isTrafficChanged, status });
  const events: readonly PlannedEvent[] = [
    ...losses.flatMap((loss) => loss.events),
    ...planned.flatMap(({ plan }) => plan.events),
    ...placement.events,
    ...transition.events,
  ];
  const actions: Action[] = [
    ...views.flatMap(({ failures }) => failures.actions),
    ...losses.flatMap((loss) => loss.actions),
    ...planned.flatMap(({ plan }) => plan.actions),
    ...placement.actions,
    ...retired.flatMap((plan) => plan.actions),
    ...views.flatMap(({ groups }) => planForgets(groups, nowMs)),
    ...statuses.actions,
    ...transition.actions,
    ...events.map((event): Action => ({ kind: "recordEvent", ...event })),
    ...earliest(wakes),
  ];
  return { actions, status, traffic };
}

/** When the weights in force count as known to all gateways. */
function confirmationDueMs({ trafficAcknowledged, trafficChangedAtMs }: ReconcileSnapshot): number {
  if (trafficAcknowledged || trafficChangedAtMs === null) return Number.NEGATIVE_INFINITY;
  return trafficChangedAtMs + ACKNOWLEDGE_WITHIN_MS;
}

function trafficOf(snapshot: ReconcileSnapshot, views: readonly PoolView[], failure: string | null): EffectiveTraffic {
  const { deleting, split, targetRevision } = snapshot.application;
  if (deleting) return { variants: [], source: "rollout", reason: "the application is being deleted" };
  const groups = new Map(views.map((view) => [view.facts.poolId, view.groups]));
  return decideTraffic({
    intent: split === null ? { kind: "follow", targetRevision } : { kind: "split", entries: split },
    failure,
    readiness: decideReadiness(snapshot, groups, intendedSplit(snapshot)),
    previous: snapshot.effective,
  });
}

function livePools(views: readonly PoolView[], live: LivePlan): LivePool[] {
  return views.flatMap(({ facts, groups, failures }): LivePool[] => {
    const spec = live.specs.get(facts.poolId);
    const wanted = live.wanted.get(facts.poolId);
    if (spec === undefined || wanted === undefined) return [];
    return [{ poolId: facts.poolId, ...spec, wanted, groups, failures }];
  });
}

function asVariants(snapshot: ReconcileSnapshot): { variant: string; revision: number; weight: number }[] {
  return intendedSplit(snapshot).map(({ revision, weight }) => ({ variant: variantName(revision), revision, weight }));
}

function removal({ application }: ReconcileSnapshot): Action[] {
  const message = `Application ${application.name} is deleted: all its replicas have stopped.`;
  const event = {
    reason: "ApplicationDeleted",
    severity: "info",
    message,
    deployment: null,
    replicaId: null,
    numbers: {},
  } as const;
  return [
    { kind: "recordEvent", ...event },
    { kind: "removeApplication", reason: "all its replicas have stopped" },
  ];
}

function earliest(wakes: readonly { atMs: number; reason: string }[]): Action[] {
  const first = [...wakes].sort((a, b) => a.atMs - b.atMs)[0];
  return first === undefined ? [] : [{ kind: "wakeAt", ...first }];
}
