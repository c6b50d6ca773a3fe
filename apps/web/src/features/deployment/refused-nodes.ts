/** Why replicas wait for room, node by node. Pure. */
import type { NodeRefusalView, ReplicaView, RolloutView } from "@sluice/contracts";
import { countOld, isRunning, steppedDeployments } from "../rollout/rollout-steps.ts";
import type { Suggestion } from "./deployment-path.ts";

export interface WaitingReplicas {
  readonly count: number;
  /** The first of them waits since. */
  readonly since: string;
  /** One line per node: replicas of one deployment are refused for the same reasons. */
  readonly refusals: readonly NodeRefusalView[];
  /** The largest value with which one node would take it. */
  readonly suggestion: Suggestion | null;
}

/** Null when no replica waits for room. */
export function findWaiting(replicas: readonly ReplicaView[]): WaitingReplicas | null {
  const waiting = replicas.filter((replica) => replica.stage === "pending" && replica.refusals.length > 0);
  const [first] = waiting;
  if (first === undefined) return null;
  const byNode = new Map(waiting.flatMap(({ refusals }) => refusals.map((refusal) => [refusal.node_id, refusal])));
  const refusals = [...byNode.values()];
  return {
    count: waiting.length,
    since: waiting.map(({ created_at }) => created_at).sort()[0] ?? first.created_at,
    refusals,
    suggestion: bestSuggestion(refusals),
  };
}

/** An update in steps that goes on, with an old replica left whose room a new one may take. */
export function waitsForOld(
  rollout: RolloutView | null,
  deployment: string,
  replicas: readonly Pick<ReplicaView, "revisions" | "stage">[],
): boolean {
  if (rollout === null || !isRunning(rollout) || rollout.paused_at !== null) return false;
  if (!steppedDeployments(rollout).some(({ name }) => name === deployment)) return false;
  const { serving, draining } = countOld(rollout, replicas);
  return serving + draining > 0;
}

/** Fewer CPUs before fewer GPUs or less memory, and as little less as helps. */
export function bestSuggestion(refusals: readonly NodeRefusalView[]): Suggestion | null {
  const all = refusals.flatMap(({ suggestion }) => suggestion ?? []);
  for (const option of ["num_cpus", "num_gpus", "memory"] as const) {
    const values = all.filter((one) => one.option === option).map(({ value }) => value);
    if (values.length > 0) return { option, value: Math.max(...values) };
  }
  return null;
}
