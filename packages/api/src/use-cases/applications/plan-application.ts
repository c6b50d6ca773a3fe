import { SluiceError } from "@sluice/contracts";
import type { PlanView } from "@sluice/contracts";
import { specHash } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PutApplicationInput } from "../api-use-cases.ts";
import { judgeOptions } from "../spec/find-spec-issues.ts";
import { invalidSpec, requireSpec } from "../spec/require-spec.ts";
import { buildPlan } from "./build-plan.ts";
import type { PlannedChange } from "./build-plan.ts";
import { decideOutcome } from "./decide-outcome.ts";
import { refuseDeleting } from "./find-application.ts";
import { loadPlanInputs } from "./load-plan-inputs.ts";

const describeWaitMs = 30_000;

/** The dry run: what a PUT of this spec would do now. Writes nothing. */
export async function planApplication(
  deps: ApiDeps,
  principal: Principal,
  input: PutApplicationInput,
): Promise<PlanView> {
  authorize(principal, "read", { type: "application", id: input.name });
  const { spec, request, description, warnings } = await requireSpec(deps, input.name, input.spec);
  const looked = description === null ? await look() : { stage: "described" as const, stageMessage: "", description };
  const inputs = await loadPlanInputs(deps, spec.name);
  refuseOtherGeneration(inputs.application?.generation ?? 0, input.ifGeneration);
  if (inputs.application !== null) refuseDeleting(inputs.application);
  const outcome = decideOutcome(inputs, specHash(spec));
  const target = inputs.base?.revision.number ?? 0;
  const revision = outcome === "unchanged" ? target : inputs.newestRevision + 1;
  return buildPlan(inputs, { spec, outcome, revision, fileWarnings: warnings, ...looked });

  async function look(): Promise<Pick<PlannedChange, "stage" | "stageMessage" | "description">> {
    const { result, reason } = await deps.controller.describe(request, describeWaitMs);
    if (result === null) return { stage: "describing", stageMessage: reason, description: null };
    if (!result.ok) return { stage: "describe_failed", stageMessage: result.message, description: null };
    const misfits = judgeOptions(spec, result.description).issues;
    if (misfits.length > 0) throw invalidSpec(spec.name, misfits);
    return { stage: "described", stageMessage: "", description: result.description };
  }
}

function refuseOtherGeneration(generation: number, expected: number | undefined): void {
  if (expected === undefined || generation === expected) return;
  throw new SluiceError({
    code: "request/precondition_failed",
    publicMessage: `The application changed meanwhile: it is at generation ${generation}, not ${expected}.`,
  });
}
