import { getApplicationStatus, listPoolStatuses, listRevisionDeployments } from "@sluice/db";
import type { Application, Db } from "@sluice/db";
import type { ApplicationFacts } from "./application-views.ts";

export async function loadFacts(db: Db, application: Application): Promise<ApplicationFacts> {
  const { id, targetRevision } = application;
  const [status, statuses, deployments] = await Promise.all([
    getApplicationStatus(db, id),
    listPoolStatuses(db, { applicationId: id }),
    targetRevision === null ? [] : listRevisionDeployments(db, { applicationId: id, revisions: [targetRevision] }),
  ]);
  return { application, status, deployments, pools: new Map(statuses.map((pool) => [pool.poolId, pool])) };
}
