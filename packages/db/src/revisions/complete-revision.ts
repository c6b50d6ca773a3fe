import type { DescribeResult } from "@sluice/contracts";
import type { Tx } from "../connection/handle.ts";
import { findOrCreatePool, saveRevisionDeployments } from "../stores/pools.ts";
import { saveRevisionStatus } from "../stores/revisions.ts";
import type { Revision } from "../stores/revisions.ts";
import { planRevisionDeployments } from "./version-hashes.ts";

export type CompletedRevision =
  { readonly stage: "described" } | { readonly stage: "describe_failed"; readonly message: string };

/**
 * Finishes a revision with what a node found: resolves its options, ties each deployment to its pool (made when no revision
 * has an equal one) and writes the stage. The API calls it at PUT when the description is known, the controller when it
 * arrives later; doing it twice changes nothing.
 */
export async function completeRevision(
  tx: Tx,
  revision: Pick<Revision, "id" | "projectId" | "applicationId" | "number" | "spec">,
  result: DescribeResult,
): Promise<CompletedRevision> {
  if (!result.ok) return await failRevision(tx, revision.id, result.message);
  const plan = planRevisionDeployments(revision.spec, result.description);
  if (!plan.ok) {
    const message = plan.issues.map((issue) => `${issue.pointer}: ${issue.detail}`).join(" ");
    return await failRevision(tx, revision.id, message);
  }
  const tied = [];
  for (const { resolved, ingress, version, reconfigureHash } of plan.deployments) {
    const pool = await findOrCreatePool(tx, {
      projectId: revision.projectId,
      applicationId: revision.applicationId,
      deployment: resolved.name,
      version,
      reconfigureHash,
      createdForRevision: revision.number,
    });
    tied.push({ deployment: resolved.name, poolId: pool.id, resolved, ingress });
  }
  await saveRevisionDeployments(tx, revision.id, tied);
  await saveRevisionStatus(tx, revision.id, { stage: "described", message: "", description: plan.description });
  return { stage: "described" };
}

async function failRevision(tx: Tx, revisionId: string, message: string): Promise<CompletedRevision> {
  await saveRevisionStatus(tx, revisionId, { stage: "describe_failed", message, description: null });
  return { stage: "describe_failed", message };
}
