import { completeResolved } from "@sluice/contracts";
import type { ResolvedDeployment } from "@sluice/contracts";
import type { DeploymentState, FailureHistory } from "@sluice/domain";
import { deploymentStates } from "@sluice/domain";
import { randomUUID } from "node:crypto";
import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toJson, toMs, toNullableDate, toNullableMs, toText } from "../connection/row-values.ts";
import type { Pool as PoolRow, PoolStatus as PoolStatusRow } from "../generated/client.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

/** What makes a pool: revisions that are equal in all four share it. */
export interface PoolKey {
  readonly applicationId: string;
  readonly deployment: string;
  readonly version: string;
  readonly reconfigureHash: string;
}

export interface Pool extends PoolKey {
  readonly id: string;
  readonly projectId: string;
  /** Number of the revision for which it was made first. */
  readonly createdForRevision: number;
  readonly createdAtMs: number;
}

/** One deployment of one revision, the options in force for it, and the pool that runs it. */
export interface RevisionDeployment {
  readonly applicationId: string;
  /** Number of the revision. */
  readonly revision: number;
  readonly deployment: string;
  readonly poolId: string;
  readonly version: string;
  readonly reconfigureHash: string;
  readonly resolved: ResolvedDeployment;
  readonly ingress: boolean;
}

export interface PoolStatus {
  readonly poolId: string;
  readonly state: DeploymentState;
  readonly message: string;
  readonly wantedReplicas: number;
  readonly readyReplicas: number;
  readonly failures: FailureHistory;
  /** Its ready replicas are kept until then, for a rollback; null = not kept. */
  readonly warmUntilMs: number | null;
}

/** Finds the pool of a key or makes it; callers that race get the same one. */
export async function findOrCreatePool(
  db: Db,
  input: PoolKey & { readonly projectId: string; readonly createdForRevision: number },
): Promise<Pool> {
  const { applicationId, deployment, version, reconfigureHash } = input;
  const row = await query(db, async (prisma) => {
    // ON CONFLICT: a unique violation would end the transaction of the caller.
    await prisma.$executeRaw`
      INSERT INTO pool (id, project_id, application_id, deployment, version, reconfigure_hash, created_for_revision)
      VALUES (${randomUUID()}, ${input.projectId}, ${applicationId}, ${deployment}, ${version}, ${reconfigureHash}, ${input.createdForRevision})
      ON CONFLICT (application_id, deployment, version, reconfigure_hash) DO NOTHING`;
    return await prisma.pool.findUniqueOrThrow({
      where: {
        applicationId_deployment_version_reconfigureHash: { applicationId, deployment, version, reconfigureHash },
      },
    });
  });
  return poolOf(row);
}

/** Pools of one application, of several, or of all. */
export async function listPools(db: Db, filter: OfApplications = {}): Promise<Pool[]> {
  const rows = await query(db, (prisma) =>
    prisma.pool.findMany({ where: whereApplication(filter), orderBy: { createdAt: "asc" } }),
  );
  return rows.map(poolOf);
}

/** Ties the deployments of a revision to their pools, once: what is there already is replaced. */
export async function saveRevisionDeployments(
  tx: Tx,
  revisionId: string,
  deployments: readonly {
    readonly deployment: string;
    readonly poolId: string;
    readonly resolved: ResolvedDeployment;
    readonly ingress: boolean;
  }[],
): Promise<void> {
  await query(tx, async (prisma) => {
    await prisma.revisionDeployment.deleteMany({ where: { revisionId } });
    await prisma.revisionDeployment.createMany({
      // Who finishes the same revision at the same time writes the same.
      skipDuplicates: true,
      data: deployments.map((entry) => ({
        revisionId,
        deployment: entry.deployment,
        poolId: entry.poolId,
        resolved: toJson(entry.resolved),
        ingress: entry.ingress,
      })),
    });
  });
}

/** Deployments of the given revisions (ids), or of revisions of one application; without a filter, of all applications. */
export async function listRevisionDeployments(
  db: Db,
  filter: {
    readonly applicationId?: string;
    readonly revisions?: readonly number[];
    readonly revisionIds?: readonly string[];
  } = {},
): Promise<RevisionDeployment[]> {
  const rows = await query(db, (prisma) =>
    prisma.revisionDeployment.findMany({
      where: {
        ...(filter.revisionIds === undefined ? {} : { revisionId: { in: [...filter.revisionIds] } }),
        revision: {
          ...(filter.applicationId === undefined ? {} : { applicationId: filter.applicationId }),
          ...(filter.revisions === undefined ? {} : { number: { in: [...filter.revisions] } }),
        },
      },
      include: { pool: true, revision: { select: { applicationId: true, number: true } } },
      orderBy: [{ revision: { number: "asc" } }, { deployment: "asc" }],
    }),
  );
  return rows.filter(isWhole).map((row) => ({
    applicationId: row.revision.applicationId,
    revision: row.revision.number,
    deployment: row.deployment,
    poolId: row.poolId,
    version: row.pool.version,
    reconfigureHash: row.pool.reconfigureHash,
    resolved: completeResolved(fromJson(row.resolved)),
    ingress: row.ingress,
  }));
}

/** Relations are read by queries of their own: when the application is removed in between, they are missing. */
function isWhole(row: { readonly pool: unknown; readonly revision: unknown }): boolean {
  return row.pool !== null && row.revision !== null;
}

export async function savePoolStatus(db: Db, status: PoolStatus): Promise<void> {
  const { poolId, failures, warmUntilMs, ...rest } = status;
  const data = {
    ...rest,
    message: toText(rest.message),
    failures: toJson(failures),
    warmUntil: toNullableDate(warmUntilMs),
  };
  await query(db, (prisma) =>
    prisma.poolStatus.upsert({ where: { poolId }, create: { poolId, ...data }, update: data }),
  );
}

/** Forgets the status of a pool that nothing wants any more. */
export async function deletePoolStatus(db: Db, poolId: string): Promise<void> {
  await query(db, (prisma) => prisma.poolStatus.deleteMany({ where: { poolId } }));
}

/** Statuses of the pools of one application, of several, or of all. */
export async function listPoolStatuses(db: Db, filter: OfApplications = {}): Promise<PoolStatus[]> {
  const rows = await query(db, (prisma) => prisma.poolStatus.findMany({ where: { pool: whereApplication(filter) } }));
  return rows.map(poolStatusOf);
}

function poolOf(row: PoolRow): Pool {
  return {
    id: row.id,
    projectId: row.projectId,
    applicationId: row.applicationId,
    deployment: row.deployment,
    version: row.version,
    reconfigureHash: row.reconfigureHash,
    createdForRevision: row.createdForRevision,
    createdAtMs: toMs(row.createdAt),
  };
}

function poolStatusOf(row: PoolStatusRow): PoolStatus {
  return {
    poolId: row.poolId,
    state: oneOf(deploymentStates, row.state),
    message: row.message,
    wantedReplicas: row.wantedReplicas,
    readyReplicas: row.readyReplicas,
    failures: fromJson(row.failures),
    warmUntilMs: toNullableMs(row.warmUntil),
  };
}
