import { appendAuditEntry, notify } from "@sluice/db";
import type { Application, Tx } from "@sluice/db";
import type { Principal } from "../../access/principal.ts";

/** Ends every change of an application's intent: the audit entry and the controller's wake-up, both in its transaction. */
export async function finishApplicationChange(
  tx: Tx,
  principal: Principal,
  change: {
    readonly action: string;
    readonly application: Application;
    readonly before: unknown;
    readonly after: unknown;
  },
): Promise<void> {
  const { application } = change;
  await appendAuditEntry(tx, {
    projectId: application.projectId,
    principal: principal.name,
    action: change.action,
    objectKind: "application",
    objectId: application.id,
    objectName: application.name,
    before: change.before,
    after: change.after,
    requestId: principal.requestId ?? null,
  });
  await notify(tx, "sluice_intent", { applicationId: application.id });
}
