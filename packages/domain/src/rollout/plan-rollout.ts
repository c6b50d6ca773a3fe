import { findRevision, otherServing, servingEntries } from "../reconcile/serving.ts";
import type { ReconcileSnapshot, RolloutFacts } from "../reconcile/snapshot.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import { backNumbers, stepNumbers } from "./compare-revisions.ts";
import { awaitingNumbers, isAwaitingGateways } from "./judge-progress.ts";
import type { Budgets } from "./plan-steps.ts";
import type { RolloutPhase } from "./phase.ts";

export interface RolloutInput {
  readonly snapshot: ReconcileSnapshot;
  readonly nowMs: number;
  /** As decided in this pass. */
  readonly traffic: EffectiveTraffic;
  /** All gateways know the weights, or had time enough. */
  readonly isSettled: boolean;
  readonly failure: string | null;
  /** Replicas of the target that are ready, and that it wants. */
  readonly ready: number;
  readonly wanted: number;
  /** Ready or running replicas of revisions before that have to go still; warm ones are not counted. */
  readonly leaving: number;
  /** Replicas that change at a time, by deployment; empty when all new ones come up beside the old. */
  readonly budgets: Budgets;
  /** Without progress for so long it is given up, where an older revision serves. */
  readonly deadlineMs: number;
}

/**
 * Where the move to the target revision stands; null = there is none to tell of. A split ends it: the sides of a split stand
 * beside each other for as long as a person wants.
 */
export function planRollout(input: RolloutInput): RolloutFacts | null {
  const { snapshot, nowMs } = input;
  const { application, rollout } = snapshot;
  if (application.deleting) return rollout;
  if (application.split !== null) return rollout === null ? null : closed(rollout, "a traffic split was set", nowMs);
  const running = currentRollout(snapshot, nowMs);
  if (running === null) {
    return rollout === null
      ? null
      : closed(rollout, `revision ${application.targetRevision} was made the target`, nowMs);
  }
  if (running.endedAtMs !== null) {
    const isGoingBack = running.phase === "failed" && input.failure !== null;
    return isGoingBack ? { ...running, numbers: { ...running.numbers, ...backNumbers({}, input.budgets) } } : running;
  }
  const phase = phaseOf(input);
  const isEnd = phase === "completed" || phase === "failed";
  const weight = input.traffic.variants.find(({ revision }) => revision === running.toRevision)?.weight ?? 0;
  const numbers = {
    ready: input.ready,
    wanted: input.wanted,
    weight,
    leaving: input.leaving,
    ...(input.failure === null ? stepNumbers(input.budgets) : backNumbers(running.numbers, input.budgets)),
    ...awaitingNumbers(phase, { nowMs, gatewaysAwaitedUntilMs: snapshot.gatewaysAwaitedUntilMs ?? null }),
    ...(running.fromRevision === null ? {} : { deadline_s: input.deadlineMs / 1000 }),
  };
  return {
    ...running,
    generation: application.updateGeneration,
    phase,
    message: messageOf(input, phase, running),
    numbers,
    progressAtMs: hasProgressed(running, phase, numbers) ? nowMs : running.progressAtMs,
    endedAtMs: isEnd ? nowMs : null,
  };
}

/** The one that goes on, or a new one when the target does not serve alone yet; null when nothing has to move. */
function currentRollout(snapshot: ReconcileSnapshot, nowMs: number): RolloutFacts | null {
  const { rollout } = snapshot;
  const { targetRevision, updateGeneration } = snapshot.application;
  if (
    rollout?.toRevision === targetRevision &&
    (rollout.endedAtMs === null || rollout.generation === updateGeneration)
  ) {
    return rollout;
  }
  const serving = servingEntries(snapshot);
  if (serving.length === 1 && serving[0]?.revision === targetRevision) return null;
  return {
    generation: updateGeneration,
    fromRevision: otherServing(snapshot)?.revision ?? null,
    toRevision: targetRevision,
    phase: "starting",
    message: "",
    numbers: {},
    startedAtMs: nowMs,
    progressAtMs: nowMs,
    endedAtMs: null,
  };
}

function phaseOf(input: RolloutInput): RolloutPhase {
  const { snapshot, traffic } = input;
  const { application } = snapshot;
  if (input.failure !== null) return "failed";
  if (application.rolloutPausedAtMs !== null) return "paused";
  if (findRevision(snapshot, application.targetRevision)?.stage !== "described") return "describing";
  const isAlone = traffic.variants.every(
    ({ revision, weight }) => weight === 0 || revision === application.targetRevision,
  );
  if (!isAlone || traffic.variants.length === 0) return input.budgets.size > 0 ? "rolling" : "starting";
  if (input.ready < input.wanted) return input.budgets.size > 0 ? "rolling" : "starting";
  if (!input.isSettled) return "switching";
  return input.leaving > 0 ? "draining" : "completed";
}

function messageOf(input: RolloutInput, phase: RolloutPhase, { toRevision }: RolloutFacts): string {
  const { ready, wanted, leaving } = input;
  const count = `${ready} of ${wanted} ${wanted === 1 ? "replica" : "replicas"} of revision ${toRevision} ready`;
  switch (phase) {
    case "describing":
      return `A node inspects the code of revision ${toRevision}.`;
    case "starting":
      return `${count}.`;
    case "rolling": {
      const steps = [...input.budgets].map(([name, { way, count: size }]) =>
        way === "move"
          ? `${name} takes on the settings in place, ${size} at a time`
          : `${name} gives up ${size} at a time`,
      );
      return `${count}; ${steps.join(", ")}.`;
    }
    case "switching":
      return awaitedText(input);
    case "draining":
      return leaving === 1 ? "1 old replica finishes what it runs." : `${leaving} old replicas finish what they run.`;
    case "paused":
      return `Paused: ${count}; nothing is started, no request moves, nothing old goes.`;
    case "failed":
      return input.failure ?? "";
    case "aborted":
    case "completed":
      return "";
    default:
      return phase satisfies never;
  }
}

/** One that is cut off from the controller may still send requests to what is to go. */
function awaitedText({ snapshot, nowMs }: RolloutInput): string {
  const { gatewaysAwaited = [], gatewaysAwaitedUntilMs } = snapshot;
  const isAwaited = (gatewaysAwaitedUntilMs ?? 0) > nowMs;
  if (!isAwaited || gatewaysAwaited.length === 0) return "Gateways take over the new weights.";
  const who = gatewaysAwaited.length === 1 ? "gateway" : "gateways";
  return `Waits for ${who} ${gatewaysAwaited.join(", ")}, cut off from the controller: old replicas stay until the new weights are known there.`;
}

/** Any step forward restarts the deadline; so do a pause and a wait for gateways, because their time does not count. */
function hasProgressed(before: RolloutFacts, phase: RolloutPhase, numbers: Readonly<Record<string, number>>): boolean {
  if (phase === "paused" || before.phase !== phase || isAwaitingGateways(before)) return true;
  return ["ready", "weight"].some((name) => (numbers[name] ?? 0) > (before.numbers[name] ?? 0));
}

function closed(rollout: RolloutFacts, message: string, nowMs: number): RolloutFacts {
  return rollout.endedAtMs === null ? { ...rollout, phase: "aborted", message, endedAtMs: nowMs } : rollout;
}
