import { decideTraffic } from "../traffic/decide-traffic.ts";
import type { StepIntent, TrafficInput } from "../traffic/decide-traffic.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import { decideReadiness } from "./decide-readiness.ts";
import { intendedSplit } from "./intent.ts";
import type { LivePlan } from "./intent.ts";
import type { StepPlan } from "../rollout/plan-steps.ts";
import type { ReplicaGroups } from "./replica-groups.ts";
import { findRevision, servingBeside } from "./serving.ts";
import type { ReconcileSnapshot } from "./snapshot.ts";

/** The weights in force after this pass: where intent, update steps, a pause or a failure want the requests. */
export function decideIntendedTraffic(
  snapshot: ReconcileSnapshot,
  groups: ReadonlyMap<string, ReplicaGroups>,
  live: LivePlan,
  failure: string | null,
): EffectiveTraffic {
  if (snapshot.application.deleting) {
    return { variants: [], source: "rollout", reason: "the application is being deleted" };
  }
  const intended = intendedSplit(snapshot, failure !== null);
  return decideTraffic({
    intent: intentOf(snapshot, live, failure),
    readiness: decideReadiness(snapshot, groups, intended),
    previous: snapshot.effective,
  });
}

function intentOf(snapshot: ReconcileSnapshot, live: LivePlan, failure: string | null): TrafficInput["intent"] {
  const { split, targetRevision, rolloutPausedAtMs } = snapshot.application;
  if (failure !== null) return backOf(snapshot, live, failure);
  if (split !== null) return { kind: "split", entries: split };
  if (rolloutPausedAtMs !== null) return { kind: "hold", reason: "the rollout is paused" };
  if (live.steps === null) return { kind: "follow", targetRevision };
  const step = stepOf(snapshot, live.steps, targetRevision);
  // Before the first replica of the target is ready everything stays; the last wave is an ordinary switch when all are ready.
  return step.weight === 0 && step.dismissed.length === 0 ? { kind: "follow", targetRevision } : step;
}

/** To the revision before: step by step where the failed one had requests already. */
function backOf(snapshot: ReconcileSnapshot, live: LivePlan, failure: string): TrafficInput["intent"] {
  const entries = intendedSplit(snapshot, true);
  const [back] = entries;
  if (live.steps === null || back === undefined || live.steps.weight === 0) return { kind: "back", entries, failure };
  return stepOf(snapshot, live.steps, back.revision);
}

function stepOf(snapshot: ReconcileSnapshot, steps: StepPlan, targetRevision: number): StepIntent {
  const { weight, mayWait, waitsFor, emptied } = steps;
  const dismissed = servingBeside(snapshot, targetRevision).flatMap(({ revision }) => {
    const pools = findRevision(snapshot, revision)?.deployments ?? [];
    return pools.some(({ poolId }) => emptied.has(poolId)) ? [revision] : [];
  });
  return { kind: "step", targetRevision, weight, mayWait, waitsFor, dismissed };
}
