/**
 * Writes a plan: one transaction, fenced by the epoch, with compare-and-set on the application's generation and on every
 * replica. It decides nothing; each action was decided, with its reason, by the pure plan. When something changed since the
 * plan was made, nothing is written.
 */
import { fenced, lockApplication, notify, saveApplicationStatus, type Database, type Tx } from "@sluice/db";
import type { Action } from "@sluice/domain";
import type { ApplicationFacts } from "./load-facts.ts";
import { PlanWriter } from "./plan-writer.ts";
import { StalePlanError } from "./stale-plan-error.ts";

export interface ApplyOptions {
  readonly database: Database;
  readonly epoch: number;
  readonly nowMs: number;
}

export async function applyPlan(
  facts: ApplicationFacts,
  actions: readonly Action[],
  options: ApplyOptions,
): Promise<void> {
  await fenced(options.database, options.epoch, async (tx) => {
    await refuseOtherIntent(tx, facts);
    const writer = new PlanWriter(tx, facts, options.nowMs);
    for (const action of actions) await writer.write(action);
    if (!actions.some((action) => action.kind === "removeApplication")) await saveVerdict(tx, facts, actions);
    await notify(tx, "sluice_status", { applicationId: facts.application.id });
  });
}

/** The facts were read in several queries: every change of intent since then shows in the generation. */
async function refuseOtherIntent(tx: Tx, { application }: ApplicationFacts): Promise<void> {
  const { projectId, name, id, generation } = application;
  const current = await lockApplication(tx, { projectId, name });
  if (current?.id === id && current.generation === generation) return;
  throw new StalePlanError(`application ${name} is no longer at generation ${String(generation)}`);
}

/** Status and failed generation are one row, so they are written together. */
async function saveVerdict(
  tx: Tx,
  { application, status }: ApplicationFacts,
  actions: readonly Action[],
): Promise<void> {
  const failed = actions.find((action) => action.kind === "failGeneration");
  const verdict = actions.find((action) => action.kind === "setStatus") ?? status;
  if (verdict === null || (failed === undefined && verdict === status)) return;
  await saveApplicationStatus(tx, {
    applicationId: application.id,
    projectId: application.projectId,
    state: verdict.state,
    message: verdict.message,
    observedGeneration: verdict.observedGeneration,
    failedGeneration: failed?.generation ?? status?.failedGeneration ?? null,
    failedReason: failed?.reason ?? status?.failedReason ?? null,
    servingRevisions: verdict.servingRevisions,
  });
}
