import type { DeploymentState } from "../spec/application-status.ts";
import type { FailureHistory, PoolStatus } from "./snapshot.ts";

export interface PoolStatusFacts {
  readonly previous: PoolStatus | null;
  readonly wanted: number;
  /** A revision that is live uses it. */
  readonly isLive: boolean;
  /** On nodes that are heard of. */
  readonly ready: number;
  /** Everything that did not end. */
  readonly running: number;
  readonly history: FailureHistory;
  /** Why some replicas cannot be placed; null when all can. */
  readonly refusal: string | null;
  /** Ready replicas on silent nodes. */
  readonly stranded: number;
  /** Ready replicas on nodes that are drained. */
  readonly leaving: number;
  /** Kept until then for a rollback; null = not. */
  readonly warmUntilMs: number | null;
  readonly isAutoscaled: boolean;
}

/** Ray Serve's state of a deployment, for one pool, with a sentence that says what is missing. */
export function decidePoolStatus(facts: PoolStatusFacts): PoolStatus {
  const { wanted, ready, history } = facts;
  const { state, message } = decideState(facts);
  return {
    state,
    message,
    wantedReplicas: wanted,
    readyReplicas: ready,
    failures: history,
    warmUntilMs: facts.warmUntilMs,
  };
}

function decideState(facts: PoolStatusFacts): { state: DeploymentState; message: string } {
  const { wanted, ready, running, history } = facts;
  if (history.gaveUp) return { state: "DEPLOY_FAILED", message: history.lastError ?? "" };
  if (facts.warmUntilMs !== null) {
    return { state: "HEALTHY", message: `${ready} kept warm for a rollback` };
  }
  if (wanted === 0 && facts.isLive) {
    return running > 0
      ? { state: "DOWNSCALING", message: `${running} left to stop` }
      : { state: "HEALTHY", message: "scaled to zero; the first request starts a replica" };
  }
  if (wanted === 0) {
    return running > 0
      ? { state: "DOWNSCALING", message: `not in use any more; ${running} left to stop` }
      : { state: "UPDATING", message: "not in use" };
  }
  if (ready >= wanted) {
    return running > wanted
      ? { state: "DOWNSCALING", message: `${running - wanted} more than wanted, stopping` }
      : { state: "HEALTHY", message: "" };
  }
  const parts = [`${ready} of ${wanted} ${wanted === 1 ? "replica" : "replicas"} ready`];
  if (facts.refusal !== null) parts.push(`no room: ${facts.refusal}`);
  if (facts.leaving > 0)
    parts.push(`${facts.leaving} on a node that is drained still ${facts.leaving === 1 ? "serves" : "serve"}`);
  if (facts.stranded > 0) parts.push(`${facts.stranded} on an unreachable node may still serve`);
  if (history.lastError !== null) parts.push(`last failure: ${history.lastError}`);
  // Replacements for a node that is drained are on their way; nothing is missing meanwhile.
  const state = ready + facts.leaving >= wanted ? "HEALTHY" : incompleteState(facts);
  return { state, message: parts.join("; ") };
}

/** Fewer ready than wanted: still on the way up, or fallen below what was reached once. */
function incompleteState({ previous, wanted, history, isAutoscaled }: PoolStatusFacts): DeploymentState {
  if (previous === null) return "UPDATING";
  if (previous.wantedReplicas === 0) return isAutoscaled ? "UPSCALING" : "UPDATING";
  switch (previous.state) {
    case "UPDATING":
    case "DEPLOY_FAILED":
      return "UPDATING";
    case "UNHEALTHY":
      return "UNHEALTHY";
    case "UPSCALING":
      return history.count > 0 ? "UNHEALTHY" : "UPSCALING";
    case "HEALTHY":
    case "DOWNSCALING":
      return wanted > previous.wantedReplicas ? "UPSCALING" : "UNHEALTHY";
    default:
      return previous.state satisfies never;
  }
}
