import type { PlanInputs } from "./load-plan-inputs.ts";

export type Outcome = "create" | "update" | "unchanged";

/**
 * What a PUT of a spec with this hash does. "Unchanged" compares with the target revision; a target that failed is tried
 * again by putting the same spec. Pure.
 */
export function decideOutcome(inputs: Pick<PlanInputs, "application" | "base" | "status">, hash: string): Outcome {
  const { application, base, status } = inputs;
  if (application === null || base === null) return "create";
  if (base.revision.specHash !== hash) return "update";
  const hasFailed =
    base.revision.stage === "describe_failed" || status?.failedGeneration === application.updateGeneration;
  return hasFailed ? "update" : "unchanged";
}
