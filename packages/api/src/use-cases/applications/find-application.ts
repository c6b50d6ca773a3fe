import { SluiceError } from "@sluice/contracts";
import { getApplication, getRevision, lockApplication } from "@sluice/db";
import type { Application, Db, Revision, Tx } from "@sluice/db";
import type { ApiDeps } from "../../ports/api-deps.ts";

export function applicationNotFound(name: string): SluiceError {
  return new SluiceError({ code: "application/not_found", publicMessage: `There is no application \`${name}\`.` });
}

export async function findApplication(deps: ApiDeps, name: string, db: Db = deps.db): Promise<Application> {
  const application = await getApplication(db, { projectId: deps.projectId, name });
  if (application === null) throw applicationNotFound(name);
  return application;
}

/** Under its lock, at the generation asked for; one that is being deleted takes no further change. */
export async function lockLiveApplication(
  deps: ApiDeps,
  tx: Tx,
  name: string,
  ifGeneration: number | undefined,
): Promise<Application> {
  const application = await lockApplication(tx, { projectId: deps.projectId, name }, ifGeneration);
  if (application === null) throw applicationNotFound(name);
  refuseDeleting(application);
  return application;
}

export function refuseDeleting(application: Application): void {
  if (application.deletingAtMs === null) return;
  throw new SluiceError({
    code: "application/conflict",
    publicMessage: `Application \`${application.name}\` is being deleted. Wait until it is gone, then deploy it again.`,
  });
}

export async function findRevision(db: Db, application: Application, number: number): Promise<Revision> {
  const revision = await getRevision(db, application.id, number);
  if (revision !== null) return revision;
  throw new SluiceError({
    code: "revision/not_found",
    publicMessage: `Application \`${application.name}\` has no revision ${number}.`,
  });
}
