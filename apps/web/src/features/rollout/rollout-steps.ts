/** The way of a rollout as steps, with the time of each as far as it left a trace. Pure. */
import type { ReplicaView, RolloutView, TrafficView } from "@sluice/contracts";

export const stepNames = ["describing", "starting", "switching", "draining", "completed"] as const;
export type StepName = (typeof stepNames)[number];

export interface RolloutStep {
  readonly name: StepName;
  readonly state: "done" | "running" | "paused" | "failed" | "waiting";
  /** When it began; null = not yet, or without a trace. */
  readonly atMs: number | null;
  readonly durationMs: number | null;
}

export interface RolloutTraces {
  readonly rollout: RolloutView;
  readonly replicas: readonly Pick<ReplicaView, "revisions" | "created_at" | "stage_times">[];
  readonly traffic: Pick<TrafficView, "changed_at" | "in_force_at">;
  readonly nowMs: number;
}

/**
 * Code is inspected until the first replica of the revision is made, replicas start until the weights move, gateways switch until
 * the last one has confirmed, and old replicas drain until the end.
 */
export function listSteps({ rollout, replicas, traffic, nowMs }: RolloutTraces): RolloutStep[] {
  const current = currentStep(rollout);
  const startedMs = Date.parse(rollout.started_at);
  const endMs = rollout.ended_at === null ? null : Date.parse(rollout.ended_at);
  const marks = {
    describing: startedMs,
    starting: firstReplicaMs(rollout, replicas, startedMs),
    switching: momentAfter(traffic.changed_at, startedMs),
    draining: momentAfter(traffic.in_force_at, startedMs),
    completed: rollout.phase === "completed" ? endMs : null,
  };
  const index = stepNames.indexOf(current);
  return stepNames.map((name, position) => {
    const state = stateOf(rollout, position - index);
    if (state === "waiting") return { name, state, atMs: null, durationMs: null };
    const atMs = marks[name];
    const nextMs = stepNames.slice(position + 1, index + 1).flatMap((next) => marks[next] ?? [])[0];
    const untilMs = position < index ? nextMs : (endMs ?? (nowMs > 0 ? nowMs : undefined));
    const durationMs = atMs === null || untilMs === undefined ? null : Math.max(0, untilMs - atMs);
    return { name, state, atMs, durationMs: name === "completed" ? totalOf(startedMs, endMs) : durationMs };
  });
}

/** Where it is; one that is held or has ended early, where that happened. */
function currentStep({ phase, numbers }: RolloutView): StepName {
  switch (phase) {
    case "rolling":
    case "starting":
      return "starting";
    case "describing":
    case "switching":
    case "draining":
    case "completed":
      return phase;
    case "paused":
    case "failed":
    case "aborted":
      if (numbers["wanted"] === undefined) return "describing";
      return (numbers["weight"] ?? 0) >= 100 ? "switching" : "starting";
  }
}

function stateOf({ phase }: RolloutView, distance: number): RolloutStep["state"] {
  if (distance < 0) return "done";
  if (distance > 0) return "waiting";
  if (phase === "completed") return "done";
  if (phase === "paused") return "paused";
  return phase === "failed" || phase === "aborted" ? "failed" : "running";
}

function firstReplicaMs(
  { to_revision: revision }: RolloutView,
  replicas: RolloutTraces["replicas"],
  startedMs: number,
): number | null {
  const made = replicas
    .filter(({ revisions }) => revisions.includes(revision))
    .map(({ created_at }) => Date.parse(created_at))
    .filter((atMs) => atMs >= startedMs);
  // Replicas that run already are taken over: nothing is made.
  return made.length === 0 ? startedMs : Math.min(...made);
}

/** What was noted before it began belongs to an earlier rollout. */
function momentAfter(at: string | null, startedMs: number): number | null {
  const atMs = at === null ? Number.NaN : Date.parse(at);
  return atMs >= startedMs ? atMs : null;
}

const totalOf = (startedMs: number, endMs: number | null): number | null =>
  endMs === null ? null : Math.max(0, endMs - startedMs);

/** Deployments that go in steps because there is no room for both revisions, with the old replicas given up at a time. */
export function steppedDeployments({ numbers }: Pick<RolloutView, "numbers">): { name: string; budget: number }[] {
  return Object.entries(numbers).flatMap(([key, budget]) =>
    key.startsWith("step ") ? [{ name: key.slice("step ".length), budget }] : [],
  );
}

/**
 * Deployments whose replicas changed sides one by one, in steps, in place or on the way back: requests followed them, so the new
 * revision took some before all of it was ready.
 */
const tookOver = /^(step|move|back) /;

export function tookRequests({ numbers }: Pick<RolloutView, "numbers">): boolean {
  return (numbers["weight"] ?? 0) > 0 || Object.keys(numbers).some((key) => tookOver.test(key));
}

/** Replicas that only the old revision uses: those still ready and those that finish what they run. */
export function countOld(
  { from_revision: from, to_revision: to }: Pick<RolloutView, "from_revision" | "to_revision">,
  replicas: readonly Pick<ReplicaView, "revisions" | "stage">[],
): { serving: number; draining: number } {
  const old = replicas.filter(({ revisions }) => from !== null && revisions.includes(from) && !revisions.includes(to));
  return {
    serving: old.filter(({ stage }) => stage === "ready").length,
    draining: old.filter(({ stage }) => stage === "draining").length,
  };
}

/** Under way: someone may pause or abort it. */
export const isRunning = ({ ended_at: endedAt }: RolloutView): boolean => endedAt === null;
