/** Holding a rollout still, letting it go on, and going back. */
import { SluiceError } from "@sluice/contracts";
import type { RolloutView } from "@sluice/contracts";
import { appendEvents, changeApplication, removeTrafficSplit } from "@sluice/db";
import type { Application, Tx } from "@sluice/db";
import type { IntentEventReason } from "@sluice/domain";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { findApplication, findRevision, lockLiveApplication } from "../applications/find-application.ts";
import { finishApplicationChange } from "../applications/write-audit.ts";
import { findRunningRollout, requireRolloutView } from "./find-rollout.ts";

export interface RolloutInput {
  readonly name: string;
  readonly ifGeneration?: number | undefined;
}

/** With the generation, for the ETag. */
export interface RolloutAnswer {
  readonly rollout: RolloutView;
  readonly generation: number;
}

export async function getRollout(deps: ApiDeps, principal: Principal, input: { name: string }): Promise<RolloutAnswer> {
  authorize(principal, "read", { type: "application", id: input.name });
  const application = await findApplication(deps, input.name);
  return { rollout: await requireRolloutView(deps.db, application), generation: application.generation };
}

/** No replica is started for it, no weight moves, nothing old goes, until it is resumed or something else is deployed. */
export async function pauseRollout(deps: ApiDeps, principal: Principal, input: RolloutInput): Promise<RolloutAnswer> {
  return await steer(deps, principal, input, async (tx, before) => {
    const rollout = await findRunningRollout(tx, before);
    if (before.rolloutPausedAtMs !== null) return before;
    const after = await changeApplication(tx, before, { rolloutPausedAt: new Date(deps.clock.nowMs()) });
    await tell(deps, tx, principal, before, after, {
      reason: "RolloutPaused",
      message: `The rollout to revision ${rollout.toRevision} was paused by ${principal.name}`,
    });
    return after;
  });
}

export async function resumeRollout(deps: ApiDeps, principal: Principal, input: RolloutInput): Promise<RolloutAnswer> {
  return await steer(deps, principal, input, async (tx, before) => {
    if (before.rolloutPausedAtMs === null) return before;
    const after = await changeApplication(tx, before, { rolloutPausedAt: null });
    await tell(deps, tx, principal, before, after, {
      reason: "RolloutResumed",
      message: `The rollout to revision ${before.targetRevision ?? 0} was resumed by ${principal.name}`,
    });
    return after;
  });
}

/** Back to the revision that it came from, as a rollback to it; the split ends. */
export async function abortRollout(deps: ApiDeps, principal: Principal, input: RolloutInput): Promise<RolloutAnswer> {
  return await steer(deps, principal, input, async (tx, before) => {
    const rollout = await findRunningRollout(tx, before);
    if (rollout.fromRevision === null) {
      throw new SluiceError({
        code: "rollout/conflict",
        publicMessage: `Revision ${rollout.toRevision} is the first of \`${before.name}\`: there is nothing to go back to. Delete the application instead.`,
      });
    }
    const { number, spec } = await findRevision(tx, before, rollout.fromRevision);
    await removeTrafficSplit(tx, before.id);
    const after = await changeApplication(tx, before, {
      targetRevision: number,
      routePrefix: spec.route_prefix,
      rolloutPausedAt: null,
    });
    await tell(deps, tx, principal, before, after, {
      reason: "RolloutAborted",
      message: `The rollout to revision ${rollout.toRevision} was aborted by ${principal.name}: back to revision ${number}`,
    });
    return after;
  });
}

async function steer(
  deps: ApiDeps,
  principal: Principal,
  input: RolloutInput,
  change: (tx: Tx, before: Application) => Promise<Application>,
): Promise<RolloutAnswer> {
  authorize(principal, "update", { type: "application", id: input.name });
  return await deps.db.transaction(async (tx) => {
    const after = await change(tx, await lockLiveApplication(deps, tx, input.name, input.ifGeneration));
    return { rollout: await requireRolloutView(tx, after), generation: after.generation };
  });
}

async function tell(
  deps: ApiDeps,
  tx: Tx,
  principal: Principal,
  before: Application,
  after: Application,
  told: { readonly reason: IntentEventReason; readonly message: string },
): Promise<void> {
  const auditOf = (application: Application): unknown => ({
    revision: application.targetRevision,
    paused: application.rolloutPausedAtMs !== null,
  });
  const action = told.reason.replace("Rollout", "rollout.").replace(/\.\w/, (letter) => letter.toLowerCase());
  await finishApplicationChange(tx, principal, {
    action,
    application: after,
    before: auditOf(before),
    after: auditOf(after),
  });
  await appendEvents(tx, [
    {
      projectId: after.projectId,
      applicationId: after.id,
      application: after.name,
      revision: after.targetRevision,
      atMs: deps.clock.nowMs(),
      severity: "info",
      ...told,
    },
  ]);
}
