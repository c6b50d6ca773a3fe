import { isSluiceError, SluiceError } from "@sluice/contracts";
import type { ApplicationPutAnswer } from "@sluice/contracts";
import {
  appendRevision,
  changeApplication,
  completeRevision,
  createApplication,
  getApplication,
  getRevision,
  lockApplication,
  removeTrafficSplit,
  specHash,
} from "@sluice/db";
import type { Application, Revision, Tx } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PutApplicationInput } from "../api-use-cases.ts";
import { requireSpec } from "../spec/require-spec.ts";
import type { AcceptedSpec } from "../spec/require-spec.ts";
import { summaryOf } from "./application-views.ts";
import { buildPlan } from "./build-plan.ts";
import { decideOutcome } from "./decide-outcome.ts";
import type { Outcome } from "./decide-outcome.ts";
import { refuseDeleting } from "./find-application.ts";
import { keepManualScale } from "./keep-manual-scale.ts";
import { loadFacts } from "./load-facts.ts";
import { loadPlanInputs } from "./load-plan-inputs.ts";
import type { PlanInputs } from "./load-plan-inputs.ts";
import { finishApplicationChange } from "./write-audit.ts";

/** How long a PUT waits for a node to describe the bundle before it answers 202. */
const describeWaitMs = 10_000;
const describePollMs = 150;

interface Written {
  readonly outcome: Outcome;
  readonly inputs: PlanInputs;
  readonly application: Application;
  readonly revision: Revision;
}

/** Deploys a spec: a new revision becomes the target, unless it equals the present one. */
export async function putApplication(
  deps: ApiDeps,
  principal: Principal,
  input: PutApplicationInput,
): Promise<ApplicationPutAnswer> {
  authorize(principal, "update", { type: "application", id: input.name });
  const accepted = await requireSpec(deps, input.name, input.spec);
  const written = await writeOrRetry(deps, principal, input, accepted);
  const revision = await waitForDescription(deps, written.revision);
  const application =
    (await getApplication(deps.db, { projectId: deps.projectId, name: input.name })) ?? written.application;
  const plan = buildPlan(written.inputs, {
    spec: accepted.spec,
    outcome: written.outcome,
    revision: revision.number,
    stage: revision.stage,
    stageMessage: revision.stageMessage,
    description: revision.description,
    fileWarnings: accepted.warnings,
  });
  return { application: summaryOf(await loadFacts(deps.db, application)), plan };
}

/** Two callers that create the same name at once: the loser's PUT becomes an update. */
async function writeOrRetry(
  deps: ApiDeps,
  principal: Principal,
  input: PutApplicationInput,
  accepted: AcceptedSpec,
): Promise<Written> {
  const write = (): Promise<Written> =>
    deps.db.transaction((tx) => writeRevision(deps, tx, principal, input, accepted));
  try {
    return await write();
  } catch (error) {
    const isRace = isSluiceError(error) && error.code === "application/conflict";
    const existing = isRace ? await getApplication(deps.db, { projectId: deps.projectId, name: input.name }) : null;
    if (existing === null || existing.deletingAtMs !== null) throw error;
    return await write();
  }
}

async function writeRevision(
  deps: ApiDeps,
  tx: Tx,
  principal: Principal,
  input: PutApplicationInput,
  accepted: AcceptedSpec,
): Promise<Written> {
  const { spec } = accepted;
  const locked = await lockApplication(tx, { projectId: deps.projectId, name: spec.name }, input.ifGeneration);
  if (locked === null) refuseMissing(input);
  else refuseDeleting(locked);
  const inputs = await loadPlanInputs(deps, spec.name, tx);
  const hash = specHash(spec);
  const outcome = decideOutcome(inputs, hash);
  if (outcome === "unchanged" && locked !== null && inputs.base !== null) {
    return { outcome, inputs, application: locked, revision: inputs.base.revision };
  }
  const application =
    locked ??
    (await createApplication(tx, { projectId: deps.projectId, name: spec.name, routePrefix: spec.route_prefix }));
  const appended = await appendRevision(tx, application, {
    spec,
    specHash: hash,
    message: input.message ?? "",
    createdBy: principal.name,
    status: { stage: "describing", message: "", description: null },
  });
  if (accepted.description !== null)
    await completeRevision(tx, appended, { ok: true, description: accepted.description });
  const changed = await changeApplication(tx, application, {
    targetRevision: appended.number,
    routePrefix: spec.route_prefix,
    manualScale: inputs.base === null ? {} : keepManualScale(application.manualScale, inputs.base.revision.spec, spec),
    rolloutPausedAt: null,
  });
  await removeTrafficSplit(tx, application.id);
  const revision = (await getRevision(tx, application.id, appended.number)) ?? appended;
  await finishApplicationChange(tx, principal, {
    action: "application.put",
    application: changed,
    before: inputs.base === null ? null : { revision: inputs.base.revision.number, spec: inputs.base.revision.spec },
    after: { revision: revision.number, spec, message: revision.message },
  });
  return { outcome, inputs, application: changed, revision };
}

function refuseMissing(input: PutApplicationInput): void {
  if (input.ifGeneration === undefined || input.ifGeneration === 0) return;
  throw new SluiceError({
    code: "request/precondition_failed",
    publicMessage: `There is no application \`${input.name}\`, so it cannot be at generation ${input.ifGeneration}.`,
  });
}

/** The controller finishes the revision; this only watches. */
async function waitForDescription(deps: ApiDeps, revision: Revision): Promise<Revision> {
  const deadlineMs = deps.clock.nowMs() + describeWaitMs;
  let current = revision;
  while (current.stage === "describing" && deps.clock.nowMs() < deadlineMs) {
    await deps.clock.sleep(describePollMs);
    current = (await getRevision(deps.db, revision.applicationId, revision.number)) ?? current;
  }
  return current;
}
