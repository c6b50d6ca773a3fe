/** What people want, of many applications in a handful of queries: the application, its split, and the revisions that matter. */
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { listApplicationsById, type Application } from "../stores/applications.ts";
import { listPools, listRevisionDeployments, type Pool, type RevisionDeployment } from "../stores/pools.ts";
import { listRevisionsById, type Revision } from "../stores/revisions.ts";
import { listTrafficSplits, rootSplit, type TrafficSplit } from "../stores/traffic-splits.ts";
import { groupBy } from "./group-by.ts";

export interface Intent {
  readonly application: Application;
  /** The root split; null = follow the target revision. */
  readonly split: TrafficSplit | null;
  /** The target, those in the split, with weight, left by the rollout, or with replicas that did not end; by number. */
  readonly revisions: readonly Revision[];
  /** Of these revisions. */
  readonly deployments: readonly RevisionDeployment[];
  /** All pools of the application, oldest first. */
  readonly pools: readonly Pool[];
}

/** An id that is not in the answer is of an application that is gone. */
export async function readIntents(db: Db, applicationIds: readonly string[]): Promise<Intent[]> {
  if (applicationIds.length === 0) return [];
  // First of all: should it change meanwhile, its generation tells that the rest is newer.
  const applications = await listApplicationsById(db, applicationIds);
  const revisionIds = await listNeededRevisions(db, applicationIds);
  const [splits, pools, revisions, deployments] = await Promise.all([
    listTrafficSplits(db, { applicationIds }),
    listPools(db, { applicationIds }),
    listRevisionsById(db, revisionIds),
    listRevisionDeployments(db, { revisionIds }),
  ]);
  const splitOf = new Map(splits.filter((split) => split.splitNode === rootSplit).map((s) => [s.applicationId, s]));
  const poolsOf = groupBy(pools, (pool) => pool.applicationId);
  const revisionsOf = groupBy(revisions, (revision) => revision.applicationId);
  const deploymentsOf = groupBy(deployments, (deployment) => deployment.applicationId);
  return applications.map((application) => ({
    application,
    split: splitOf.get(application.id) ?? null,
    revisions: (revisionsOf.get(application.id) ?? []).toSorted((a, b) => a.number - b.number),
    deployments: deploymentsOf.get(application.id) ?? [],
    pools: poolsOf.get(application.id) ?? [],
  }));
}

async function listNeededRevisions(db: Db, applicationIds: readonly string[]): Promise<string[]> {
  const ids = [...applicationIds];
  const rows = await query(
    db,
    (prisma) => prisma.$queryRaw<{ id: string }[]>`
      SELECT r.id FROM revision r JOIN application a ON a.id = r.application_id
      WHERE a.id = ANY(${ids}::text[]) AND (
        r.number = a.target_revision
        OR EXISTS (SELECT 1 FROM rollout_status o WHERE o.application_id = a.id AND r.number IN (o.from_revision, o.to_revision))
        OR EXISTS (SELECT 1 FROM effective_traffic e, jsonb_array_elements(e.variants) v
          WHERE e.application_id = a.id AND (v->>'revision')::int = r.number)
        OR EXISTS (SELECT 1 FROM traffic_split s JOIN traffic_variant v ON v.split_id = s.id
          WHERE s.application_id = a.id AND s.split_node = ${rootSplit} AND v.revision = r.number)
        OR EXISTS (SELECT 1 FROM revision_deployment d JOIN replica p ON p.pool_id = d.pool_id
          WHERE d.revision_id = r.id AND p.ended_at IS NULL))`,
  );
  return rows.map(({ id }) => id);
}
