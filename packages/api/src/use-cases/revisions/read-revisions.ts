import type { PageOf, RevisionDiff, RevisionView } from "@sluice/contracts";
import {
  getEffectiveTraffic,
  listPoolStatuses,
  listRevisionDeployments,
  listRevisions as listStored,
} from "@sluice/db";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import type { PageInput } from "../api-use-cases.ts";
import { revisionViewOf } from "../applications/application-views.ts";
import { diffOf } from "../applications/build-plan.ts";
import { findApplication, findRevision } from "../applications/find-application.ts";

export async function listRevisions(
  deps: ApiDeps,
  principal: Principal,
  input: PageInput & { name: string },
): Promise<PageOf<RevisionView>> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  const { limit, cursor } = input;
  const page = await listStored(deps.db, { applicationId: application.id, limit, cursor });
  const [deployments, effective, statuses] = await Promise.all([
    listRevisionDeployments(deps.db, { applicationId: application.id, revisions: page.items.map((one) => one.number) }),
    getEffectiveTraffic(deps.db, application.id),
    listPoolStatuses(deps.db, { applicationId: application.id }),
  ]);
  const pools = new Map(statuses.map((status) => [status.poolId, status]));
  return {
    items: page.items.map((revision) => revisionViewOf(revision, deployments, application, effective, pools)),
    next_cursor: page.nextCursor,
  };
}

export async function getRevision(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; number: number },
): Promise<RevisionView> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  const revision = await findRevision(deps.db, application, input.number);
  const [deployments, effective, statuses] = await Promise.all([
    listRevisionDeployments(deps.db, { applicationId: application.id, revisions: [input.number] }),
    getEffectiveTraffic(deps.db, application.id),
    listPoolStatuses(deps.db, { applicationId: application.id }),
  ]);
  const pools = new Map(statuses.map((status) => [status.poolId, status]));
  return revisionViewOf(revision, deployments, application, effective, pools);
}

export async function diffRevisions(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; from: number; to: number },
): Promise<RevisionDiff> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  const [from, to] = await Promise.all([
    findRevision(deps.db, application, input.from),
    findRevision(deps.db, application, input.to),
  ]);
  return { application: application.name, from: from.number, to: to.number, changes: diffOf(from.spec, to.spec) };
}
