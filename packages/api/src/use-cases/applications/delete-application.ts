import type { ApplicationSummary } from "@sluice/contracts";
import { lockApplication, markApplicationDeleting } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { summaryOf } from "./application-views.ts";
import { applicationNotFound } from "./find-application.ts";
import { loadFacts } from "./load-facts.ts";
import { finishApplicationChange } from "./write-audit.ts";

/** Begins the drain; the controller removes the application when its last replica is gone. A second time changes nothing. */
export async function deleteApplication(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; ifGeneration?: number | undefined },
): Promise<ApplicationSummary> {
  authorize(principal, "delete", { type: "application", id: input.name });
  const application = await deps.db.transaction(async (tx) => {
    const before = await lockApplication(tx, { projectId: deps.projectId, name: input.name }, input.ifGeneration);
    if (before === null) throw applicationNotFound(input.name);
    if (before.deletingAtMs !== null) return before;
    const after = await markApplicationDeleting(tx, before);
    await finishApplicationChange(tx, principal, {
      action: "application.delete",
      application: after,
      before: { revision: before.targetRevision, generation: before.generation },
      after: null,
    });
    return after;
  });
  return summaryOf(await loadFacts(deps.db, application));
}
