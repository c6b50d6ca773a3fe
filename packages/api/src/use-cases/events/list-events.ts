import type { EventView, PageOf } from "@sluice/contracts";
import { getApplication, listEvents as listStored } from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { isoOf } from "../applications/application-views.ts";
import { applicationNotFound } from "../applications/find-application.ts";

/** Newest first. An application that was deleted is found by its name; a name that never did anything is not found. */
export async function listEvents(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput & { application?: string | undefined; severity?: EventView["severity"] | undefined },
): Promise<PageOf<EventView>> {
  authorize(principal, "read", { type: "events", id: null });
  const { application: name } = input;
  const application = name === undefined ? null : await getApplication(deps.db, { projectId: deps.projectId, name });
  const page = await listStored(deps.db, {
    projectId: deps.projectId,
    ...(application === null ? { application: name } : { applicationId: application.id }),
    severities: input.severity === undefined ? undefined : [input.severity],
    limit: input.limit,
    cursor: input.cursor,
  });
  const isUnknown = name !== undefined && application === null && page.items.length === 0;
  // A filter or a cursor may leave nothing of a history that is there.
  if (isUnknown && input.severity === undefined && input.cursor === undefined) throw applicationNotFound(name);
  const items = page.items.map((event) => ({
    id: event.id,
    at: isoOf(event.atMs),
    severity: event.severity,
    reason: event.reason,
    message: event.message,
    numbers: { ...event.numbers },
    application: event.application,
    deployment: event.deployment,
    revision: event.revision,
    replica_id: event.replicaId,
    node_id: event.nodeId,
  }));
  return { items, next_cursor: page.nextCursor };
}
