import { SluiceError } from "@sluice/contracts";
import type { FieldIssue, TrafficPut, TrafficView } from "@sluice/contracts";
import {
  changeApplication,
  getTrafficSplit,
  listRevisionsByNumber,
  removeTrafficSplit,
  replaceTrafficSplit,
  rootSplit,
} from "@sluice/db";
import type { Application, Tx } from "@sluice/db";
import { validateSplit, variantName } from "@sluice/domain";
import { authorize } from "../../access/principal.ts";
import type { Principal } from "../../access/principal.ts";
import type { ApiDeps } from "../../ports/api-deps.ts";
import { findApplication, lockLiveApplication } from "../applications/find-application.ts";
import { finishApplicationChange } from "../applications/write-audit.ts";
import { loadTrafficView } from "./load-traffic-view.ts";

export async function getTraffic(deps: ApiDeps, principal: Principal, input: { name: string }): Promise<TrafficView> {
  authorize(principal, "read", { type: "application", id: input.name });
  return await loadTrafficView(deps.db, await findApplication(deps, input.name));
}

/** Replaces the root split. The controller brings it in force as far as replicas are ready. */
export async function putTraffic(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; traffic: TrafficPut; ifGeneration?: number | undefined },
): Promise<TrafficView> {
  authorize(principal, "update", { type: "application", id: input.name });
  const { variants } = input.traffic;
  const application = await deps.db.transaction(async (tx) => {
    const before = await lockLiveApplication(deps, tx, input.name, input.ifGeneration);
    const issues = await findSplitIssues(tx, before, input.traffic);
    if (issues.length > 0) throw invalidSplit(issues);
    const old = await getTrafficSplit(tx, before.id);
    const split = await replaceTrafficSplit(tx, {
      projectId: before.projectId,
      applicationId: before.id,
      splitNode: rootSplit,
      variants: variants.map(({ revision, weight }) => ({
        name: variantName(revision),
        revision,
        deployment: null,
        weight,
      })),
      rules: [],
      createdBy: principal.name,
    });
    const after = await changeApplication(tx, before, {});
    await finishApplicationChange(tx, principal, {
      action: "traffic.put",
      application: after,
      before: old?.variants ?? null,
      after: split.variants,
    });
    return after;
  });
  return await loadTrafficView(deps.db, application);
}

/** Removes the root split: all traffic follows the target revision. Without a split nothing changes. */
export async function resetTraffic(
  deps: ApiDeps,
  principal: Principal,
  input: { name: string; ifGeneration?: number | undefined },
): Promise<TrafficView> {
  authorize(principal, "update", { type: "application", id: input.name });
  const application = await deps.db.transaction(async (tx) => {
    const before = await lockLiveApplication(deps, tx, input.name, input.ifGeneration);
    const old = await getTrafficSplit(tx, before.id);
    if (old === null) return before;
    await removeTrafficSplit(tx, before.id);
    const after = await changeApplication(tx, before, {});
    await finishApplicationChange(tx, principal, {
      action: "traffic.reset",
      application: after,
      before: old.variants,
      after: null,
    });
    return after;
  });
  return await loadTrafficView(deps.db, application);
}

async function findSplitIssues(tx: Tx, application: Application, traffic: TrafficPut): Promise<FieldIssue[]> {
  const numbers = [...new Set(traffic.variants.map((variant) => variant.revision))];
  const revisions = await listRevisionsByNumber(
    tx,
    numbers.map((number) => ({ applicationId: application.id, number })),
  );
  const issues = validateSplit(
    traffic.variants,
    revisions.map((revision) => revision.number),
  );
  const stages = new Map(revisions.map((revision) => [revision.number, revision]));
  const unready = traffic.variants.flatMap(({ revision }, index) => {
    const known = stages.get(revision);
    if (known === undefined || known.stage === "described") return [];
    const why =
      known.stage === "describing" ? "A node still inspects its bundle; try again in a moment." : known.stageMessage;
    return [{ pointer: `#/variants/${index}/revision`, detail: `Revision ${revision} cannot run yet. ${why}` }];
  });
  return [...issues, ...unready];
}

function invalidSplit(issues: readonly FieldIssue[]): SluiceError {
  const text = issues.map((issue) => issue.detail).join(" ");
  return new SluiceError({
    code: "spec/invalid",
    publicMessage: `This traffic split is not possible. ${text}`,
    issues,
  });
}
