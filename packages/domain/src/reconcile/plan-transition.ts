import type { ApplicationState } from "../spec/application-status.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { Budgets } from "../rollout/plan-steps.ts";
import type { Action, PlannedEvent } from "./action.ts";
import type { GenerationFailure } from "./find-failure.ts";
import { equalRollouts, equalVerdicts } from "./same.ts";
import type { ApplicationVerdict, ReconcileSnapshot, RolloutFacts } from "./snapshot.ts";

export interface ApplicationTransition {
  readonly snapshot: ReconcileSnapshot;
  readonly failure: GenerationFailure | null;
  readonly traffic: EffectiveTraffic;
  readonly isTrafficChanged: boolean;
  readonly status: ApplicationVerdict;
  readonly rollout: RolloutFacts | null;
  /** Deployments that begin to go in steps now, with the old replicas they give up at a time. */
  readonly newSteps: Budgets;
}

/** What changes for the application as a whole. Each event stands beside the change it tells of, so none repeats. */
export function planTransition(facts: ApplicationTransition): { actions: Action[]; events: PlannedEvent[] } {
  const { snapshot, failure, traffic, status } = facts;
  const { generation, updateGeneration } = snapshot.application;
  const actions: Action[] = [];
  const events: PlannedEvent[] = [];
  if (failure?.isNew === true) {
    actions.push({ kind: "failGeneration", generation: updateGeneration, reason: failure.reason });
    events.push(eventOf("DeployFailed", "error", status.message, { generation }));
  }
  if (facts.isTrafficChanged) {
    const weights = Object.fromEntries(traffic.variants.map(({ variant, weight }) => [variant, weight]));
    events.push(eventOf("TrafficChanged", "info", `${shares(traffic)}: ${traffic.reason}.`, weights));
  }
  // The same weights for another reason are no change of traffic, but the reason on screen must be the present one.
  const isReasonStale = snapshot.effective !== null && snapshot.effective.reason !== traffic.reason;
  if (facts.isTrafficChanged || isReasonStale) actions.push({ kind: "setTraffic", ...traffic });
  if (!equalVerdicts(status, snapshot.status)) actions.push({ kind: "setStatus", ...status });
  const { rollout } = facts;
  if (rollout !== null && !equalRollouts(rollout, snapshot.rollout)) actions.push({ kind: "setRollout", ...rollout });
  for (const [name, { count }] of facts.newSteps) {
    const sides =
      failure === null ? "new replicas beside the old; " : "replicas of the revision before beside the failed ones; ";
    const message = `${name}: no room for all ${sides}${count} old ${count === 1 ? "goes" : "go"} at a time.`;
    events.push({ ...eventOf("RolloutSteps", "info", message, { budget: count }), deployment: name });
  }
  const stateEvent = stateChange(facts);
  if (stateEvent !== null) events.push(stateEvent);
  return { actions, events };
}

function stateChange({ snapshot, status, failure }: ApplicationTransition): PlannedEvent | null {
  const before = snapshot.status?.state ?? null;
  if (before === status.state || failure?.isNew === true) return null;
  const { generation } = snapshot.application;
  if (status.state === "RUNNING" && before === "DEPLOYING") {
    const which = status.servingRevisions.length === 1 ? "Revision" : "Revisions";
    return eventOf("DeployCompleted", "info", `${which} ${status.servingRevisions.join(", ")} serving.`, {
      generation,
    });
  }
  return stateEvent(status, generation);
}

/** The event that an application is in this state now. */
export function stateEvent(status: ApplicationVerdict, generation: number): PlannedEvent {
  const severity = status.state === "UNHEALTHY" || status.state === "DEPLOY_FAILED" ? "warning" : "info";
  const text = `${stateWords[status.state]}${status.message === "" ? "." : `: ${status.message}`}`;
  return eventOf("ApplicationState", severity, text, { generation });
}

/** How a new state reads in the history. */
const stateWords: Readonly<Record<ApplicationState, string>> = {
  NOT_STARTED: "Not started",
  DEPLOYING: "Deploying",
  DEPLOY_FAILED: "Deploy failed",
  RUNNING: "Running",
  UNHEALTHY: "Unhealthy",
  DELETING: "Deleting",
};

function shares({ variants }: EffectiveTraffic): string {
  if (variants.length === 0) return "No revision takes requests";
  return `Requests go ${variants.map(({ revision, weight }) => `${weight} % to revision ${revision}`).join(", ")}`;
}

function eventOf(
  reason: PlannedEvent["reason"],
  severity: PlannedEvent["severity"],
  message: string,
  numbers: Readonly<Record<string, number>>,
): PlannedEvent {
  return { reason, severity, message, deployment: null, replicaId: null, numbers };
}
