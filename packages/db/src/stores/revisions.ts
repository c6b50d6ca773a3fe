import type { ApplicationSpec, BundleDescription } from "@sluice/contracts";
import type { RevisionStage } from "@sluice/domain";
import { revisionStages } from "@sluice/domain";
import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Page, PageRequest } from "../connection/page.ts";
import { cursorNumber, limitOf, pageOf } from "../connection/page.ts";
import { fromJson, oneOf, toJson, toMs, toNullableJson, toText } from "../connection/row-values.ts";
import type { Prisma } from "../generated/client.ts";
import type { Application } from "./applications.ts";

export interface Revision {
  readonly id: string;
  readonly projectId: string;
  readonly applicationId: string;
  readonly number: number;
  readonly spec: ApplicationSpec;
  /** sha256 of the canonical JSON of `spec`. */
  readonly specHash: string;
  readonly message: string;
  readonly createdBy: string;
  readonly createdAtMs: number;
  readonly stage: RevisionStage;
  /** Why describing failed. */
  readonly stageMessage: string;
  readonly description: BundleDescription | null;
}

export interface RevisionStatus {
  readonly stage: RevisionStage;
  readonly message: string;
  readonly description: BundleDescription | null;
}

export interface NewRevision {
  readonly spec: ApplicationSpec;
  readonly specHash: string;
  readonly message: string;
  readonly createdBy: string;
  readonly status: RevisionStatus;
}

type RevisionRow = Prisma.RevisionGetPayload<{ include: { status: true } }>;

/** Adds the next revision. Takes the lock of the application, so that numbers have no gaps and no doubles. */
export async function appendRevision(tx: Tx, application: Application, input: NewRevision): Promise<Revision> {
  const row = await query(tx, async (prisma) => {
    await prisma.$queryRaw`SELECT id FROM application WHERE id = ${application.id} FOR NO KEY UPDATE`;
    const newest = await prisma.revision.aggregate({
      where: { applicationId: application.id },
      _max: { number: true },
    });
    return await prisma.revision.create({
      data: {
        projectId: application.projectId,
        applicationId: application.id,
        number: (newest._max.number ?? 0) + 1,
        spec: toJson(input.spec),
        specHash: input.specHash,
        message: toText(input.message),
        createdBy: input.createdBy,
        status: { create: statusData(input.status) },
      },
      include: { status: true },
    });
  });
  return revisionOf(row);
}

export async function getRevision(db: Db, applicationId: string, number: number): Promise<Revision | null> {
  const row = await query(db, (prisma) =>
    prisma.revision.findUnique({
      where: { applicationId_number: { applicationId, number } },
      include: { status: true },
    }),
  );
  return row && revisionOf(row);
}

/** Newest first. */
export async function listRevisions(
  db: Db,
  request: PageRequest & { readonly applicationId: string },
): Promise<Page<Revision>> {
  const limit = limitOf(request);
  const below = cursorNumber(request);
  const rows = await query(db, (prisma) =>
    prisma.revision.findMany({
      where: { applicationId: request.applicationId, ...(below === null ? {} : { number: { lt: below } }) },
      include: { status: true },
      orderBy: { number: "desc" },
      take: limit + 1,
    }),
  );
  return pageOf(rows.map(revisionOf), limit, (revision) => revision.number);
}

/** The revisions with these (application, number) pairs; for a snapshot of many applications in one query. */
export async function listRevisionsByNumber(
  db: Db,
  wanted: readonly { readonly applicationId: string; readonly number: number }[],
): Promise<Revision[]> {
  if (wanted.length === 0) return [];
  const rows = await query(db, (prisma) =>
    prisma.revision.findMany({
      where: { OR: wanted.map(({ applicationId, number }) => ({ applicationId, number })) },
      include: { status: true },
    }),
  );
  return rows.map(revisionOf);
}

export async function listRevisionsById(db: Db, ids: readonly string[]): Promise<Revision[]> {
  if (ids.length === 0) return [];
  const rows = await query(db, (prisma) =>
    prisma.revision.findMany({ where: { id: { in: [...ids] } }, include: { status: true } }),
  );
  return rows.map(revisionOf);
}

/** Revisions in a stage, oldest first: what the controller still has to describe. */
export async function listRevisionsInStage(db: Db, stage: RevisionStage): Promise<Revision[]> {
  const rows = await query(db, (prisma) =>
    prisma.revision.findMany({
      where: { status: { stage } },
      include: { status: true },
      orderBy: { createdAt: "asc" },
    }),
  );
  return rows.map(revisionOf);
}

/** Writes what became known about a revision. */
export async function saveRevisionStatus(db: Db, revisionId: string, status: RevisionStatus): Promise<void> {
  const data = statusData(status);
  await query(db, (prisma) =>
    prisma.revisionStatus.upsert({ where: { revisionId }, create: { revisionId, ...data }, update: data }),
  );
}

function statusData(status: RevisionStatus) {
  return { stage: status.stage, message: toText(status.message), description: toNullableJson(status.description) };
}

function revisionOf(row: RevisionRow): Revision {
  return {
    id: row.id,
    projectId: row.projectId,
    applicationId: row.applicationId,
    number: row.number,
    spec: fromJson(row.spec),
    specHash: row.specHash,
    message: row.message,
    createdBy: row.createdBy,
    createdAtMs: toMs(row.createdAt),
    stage: oneOf(revisionStages, row.status?.stage ?? "describing"),
    stageMessage: row.status?.message ?? "",
    description: fromJson(row.status?.description ?? null),
  };
}
