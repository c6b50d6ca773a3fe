import { RevisionDiff, RolloutView, ScaleAnswer } from "@sluice/contracts";
import type { HttpCall } from "./http-call.ts";

export interface RolloutCalls {
  /** Where the newest rollout stands; 404 before the first. */
  rollout(name: string): Promise<RolloutView>;
  /** Holds the rollout still. */
  pause(name: string): Promise<RolloutView>;
  resume(name: string): Promise<RolloutView>;
  /** Back to the revision that it came from. */
  abort(name: string): Promise<RolloutView>;
  /** Sets the number of replicas by hand; null gives it back to the spec. */
  scale(name: string, deployment: string, replicas: number | null): Promise<ScaleAnswer>;
  /** Fields that differ between two revisions. */
  diff(name: string, from: number, to: number): Promise<RevisionDiff>;
}

/** Calls below `/applications` about the move between revisions. */
export function rolloutCalls(call: HttpCall): RolloutCalls {
  const root = "applications";
  const act = (name: string, action: string): Promise<RolloutView> =>
    call(RolloutView, "POST", [root, name, "rollout", action]);
  return {
    rollout: (name) => call(RolloutView, "GET", [root, name, "rollout"]),
    pause: (name) => act(name, "pause"),
    resume: (name) => act(name, "resume"),
    abort: (name) => act(name, "abort"),
    scale: (name, deployment, replicas) =>
      call(ScaleAnswer, "POST", [root, name, "deployments", deployment, "scale"], {
        body: { target_num_replicas: replicas },
      }),
    diff: (name, from, to) => call(RevisionDiff, "GET", [root, name, "diff"], { query: { from, to } }),
  };
}
