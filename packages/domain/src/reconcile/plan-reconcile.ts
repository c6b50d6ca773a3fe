import type { PlacementNode } from "../placement/placement.ts";
import type { EffectiveTraffic } from "../traffic/traffic.ts";
import type { Action } from "./action.ts";
import type { ApplicationVerdict, ReconcileSnapshot } from "./snapshot.ts";

/** What a pass over one application found and wants done. */
export interface ReconcilePlan {
  /** In the order of application; empty (or only `wakeAt`) when desired and observed agree. */
  readonly actions: readonly Action[];
  readonly status: ApplicationVerdict;
  readonly traffic: EffectiveTraffic;
}

export interface ReconcileInput {
  readonly snapshot: ReconcileSnapshot;
  /** All nodes, with the room that replicas of all applications hold (see `measureNodeUse`). */
  readonly nodes: readonly PlacementNode[];
  readonly nowMs: number;
  /** Unused replica ids, taken from the front; when they run out the plan asks to be made again at once. */
  readonly freshReplicaIds: readonly string[];
}

/**
 * The one decision about an application: what to create, place, drain, forget, where requests go and what its status is.
 * Pure: equal input gives an equal plan.
 */
export function planReconcile(input: ReconcileInput): ReconcilePlan {
  const { application, effective } = input.snapshot;
  return {
    actions: [],
    status: { state: "NOT_STARTED", message: "", servingRevisions: [], observedGeneration: application.generation },
    traffic: effective ?? { variants: [], source: "rollout", reason: "" },
  };
}
