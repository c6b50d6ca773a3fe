import { SluiceError } from "@sluice/contracts";
import type { RolloutView } from "@sluice/contracts";
import { listRolloutStatuses } from "@sluice/db";
import type { Application, Db, RolloutStatus } from "@sluice/db";
import { rolloutViewOf } from "./rollout-view.ts";

export async function loadRollout(db: Db, application: Application): Promise<RolloutStatus | undefined> {
  return (await listRolloutStatuses(db, { applicationId: application.id }))[0];
}

/** The rollout that is under way towards the present target; a conflict when there is none. */
export async function findRunningRollout(db: Db, application: Application): Promise<RolloutStatus> {
  const rollout = await loadRollout(db, application);
  const isMine = rollout !== undefined && rollout.toRevision === application.targetRevision;
  if (isMine && rollout.endedAtMs === null) return rollout;
  const last = rollout === undefined ? "" : ` The last one, to revision ${rollout.toRevision}, is ${rollout.phase}.`;
  throw new SluiceError({
    code: "rollout/conflict",
    publicMessage: `No rollout of \`${application.name}\` is under way.${last}`,
  });
}

export async function requireRolloutView(db: Db, application: Application): Promise<RolloutView> {
  const view = rolloutViewOf(application, await loadRollout(db, application));
  if (view !== null) return view;
  throw new SluiceError({
    code: "rollout/not_found",
    publicMessage: `Application \`${application.name}\` had no rollout yet: the controller has not begun with it.`,
  });
}
