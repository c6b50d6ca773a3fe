import { SluiceError } from "@sluice/contracts";
import type { ApplicationSummary } from "@sluice/contracts";
import { appendEvents, changeApplication, removeTrafficSplit } from "@sluice/db";
import type { NewEvent } from "@sluice/db";
import type { IntentEventReason } from "@sluice/domain";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { summaryOf } from "./application-views.ts";
import { findRevision, lockLiveApplication } from "./find-application.ts";
import { loadFacts } from "./load-facts.ts";
import { finishApplicationChange } from "./write-audit.ts";

/**
 * Points the target at an earlier revision: no new number, the root split is removed, manual scale is untouched. What the
 * controller makes of it reads like any rollout, so the history tells here who asked for it and why.
 */
export async function rollbackApplication(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; revision: number; message?: string | undefined; ifGeneration?: number | undefined },
): Promise<ApplicationSummary> {
  authorize(principal, "update", { type: "application", id: input.name });
  const application = await deps.db.transaction(async (tx) => {
    const before = await lockLiveApplication(deps, tx, input.name, input.ifGeneration);
    const revision = await findRevision(tx, before, input.revision);
    if (revision.stage === "describe_failed") {
      throw new SluiceError({
        code: "application/conflict",
        publicMessage: `Revision ${revision.number} could never run: ${revision.stageMessage}`,
      });
    }
    const hadSplit = await removeTrafficSplit(tx, before.id);
    if (before.targetRevision === revision.number && !hadSplit) return before;
    const after = await changeApplication(tx, before, {
      targetRevision: revision.number,
      routePrefix: revision.spec.route_prefix,
      rolloutPausedAt: null,
    });
    await finishApplicationChange(tx, principal, {
      action: "application.rollback",
      application: after,
      before: { revision: before.targetRevision },
      after: { revision: revision.number, message: input.message ?? "" },
    });
    await appendEvents(tx, [
      {
        projectId: after.projectId,
        applicationId: after.id,
        application: after.name,
        revision: revision.number,
        atMs: deps.clock.nowMs(),
        ...rollbackEvent(principal, { from: before.targetRevision, to: revision.number, message: input.message ?? "" }),
      },
    ]);
    return after;
  });
  return summaryOf(await loadFacts(deps.db, application));
}

function rollbackEvent(
  principal: Principal,
  change: { readonly from: number | null; readonly to: number; readonly message: string },
): Pick<NewEvent, "reason" | "severity" | "message" | "numbers"> {
  const reason: IntentEventReason = "RolledBack";
  const why = change.message.trim();
  return {
    reason,
    severity: "info",
    message: `Rolled back to revision ${change.to} by ${principal.name}${why === "" ? "." : `: ${why}`}`,
    numbers: change.from === null ? {} : { from_revision: change.from },
  };
}
