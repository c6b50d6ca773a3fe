import { ScaleDecisionView, type ResolvedAutoscaling } from "@sluice/contracts";
import type { AutoscalerStatus } from "@sluice/db";
import type { AutoscaledBounds } from "@sluice/domain";

/**
 * Bounds between which the plan lets an autoscaled pool be: the configured ones, unless its target was decided within a
 * schedule window. Then that window's bounds hold as long as the target does, or the plan would undo what was decided.
 */
export function boundsInForce(options: ResolvedAutoscaling, status: AutoscalerStatus | undefined): AutoscaledBounds {
  const scheduled = status === undefined ? null : scheduledBounds(status);
  return {
    minReplicas: scheduled?.min ?? options.min_replicas,
    maxReplicas: scheduled?.max ?? options.max_replicas,
    initialReplicas: options.initial_replicas,
  };
}

type Bounds = ScaleDecisionView["bounds"];

/** A stored status is never changed, so it is read once. */
const known = new WeakMap<AutoscalerStatus, Bounds | null>();

function scheduledBounds(status: AutoscalerStatus): Bounds | null {
  const found = known.get(status);
  if (found !== undefined) return found;
  const read = ScaleDecisionView.shape.bounds.safeParse(status.decision["bounds"]);
  const bounds = read.success && read.data.source === "schedule" ? read.data : null;
  known.set(status, bounds);
  return bounds;
}
