import { SluiceError } from "@sluice/contracts";
import { randomUUID } from "node:crypto";
import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Page, PageRequest } from "../connection/page.ts";
import { cursorText, limitOf, pageOf } from "../connection/page.ts";
import { defined, fromJson, toMs, toNullableMs } from "../connection/row-values.ts";
import type { Application as ApplicationRow } from "../generated/client.ts";

/** The one project of an installation; made by the first migration. */
export const defaultProjectId = "default";

export interface Application {
  readonly id: string;
  readonly projectId: string;
  readonly name: string;
  readonly routePrefix: string | null;
  /** Null only before the first revision. */
  readonly targetRevision: number | null;
  /** The ETag: grows by one with every change of intent. */
  readonly generation: number;
  /** Generation of the last change of what shall serve; a scale call and a pause leave it. */
  readonly updateGeneration: number;
  /** Deployment name -> replicas asked for by hand. */
  readonly manualScale: Readonly<Record<string, number>>;
  /** Since when a person holds the rollout still; null = it goes on. */
  readonly rolloutPausedAtMs: number | null;
  readonly deletingAtMs: number | null;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

export interface ApplicationName {
  readonly projectId: string;
  readonly name: string;
}

export interface ApplicationChange {
  readonly targetRevision?: number | undefined;
  readonly routePrefix?: string | null | undefined;
  readonly manualScale?: Readonly<Record<string, number>> | undefined;
  /** Null = the rollout goes on. */
  readonly rolloutPausedAt?: Date | null | undefined;
}

/** Creates it with generation 0 and no revision. A name or route prefix that is taken is `application/conflict` naming the owner. */
export async function createApplication(
  tx: Tx,
  input: ApplicationName & { readonly routePrefix: string | null },
): Promise<Application> {
  await lockNames(tx, input.projectId);
  await refuseTakenName(tx, input);
  await refuseTakenRoute(tx, input);
  const row = await query(tx, (prisma) =>
    prisma.application.create({
      data: { id: randomUUID(), projectId: input.projectId, name: input.name, routePrefix: input.routePrefix },
    }),
  );
  return applicationOf(row);
}

export async function getApplication(db: Db, name: ApplicationName): Promise<Application | null> {
  const row = await query(db, (prisma) => prisma.application.findUnique({ where: { projectId_name: pick(name) } }));
  return row && applicationOf(row);
}

export async function getApplicationById(db: Db, id: string): Promise<Application | null> {
  const row = await query(db, (prisma) => prisma.application.findUnique({ where: { id } }));
  return row && applicationOf(row);
}

/** The application that has this route prefix, also while it is being deleted. */
export async function getRouteOwner(db: Db, projectId: string, routePrefix: string): Promise<Application | null> {
  const row = await query(db, (prisma) =>
    prisma.application.findUnique({ where: { projectId_routePrefix: { projectId, routePrefix } } }),
  );
  return row && applicationOf(row);
}

/** By name, ascending. Those being deleted are in it. */
export async function listApplications(
  db: Db,
  request: PageRequest & { readonly projectId: string },
): Promise<Page<Application>> {
  const limit = limitOf(request);
  const after = cursorText(request);
  const rows = await query(db, (prisma) =>
    prisma.application.findMany({
      where: { projectId: request.projectId, ...(after === null ? {} : { name: { gt: after } }) },
      orderBy: { name: "asc" },
      take: limit + 1,
    }),
  );
  return pageOf(rows.map(applicationOf), limit, (application) => application.name);
}

/** Every application of every project, for the loops of the controller. */
export async function listAllApplications(db: Db): Promise<Application[]> {
  const rows = await query(db, (prisma) => prisma.application.findMany({ orderBy: { name: "asc" } }));
  return rows.map(applicationOf);
}

/** Those of these ids that exist, by name. */
export async function listApplicationsById(db: Db, ids: readonly string[]): Promise<Application[]> {
  const rows = await query(db, (prisma) =>
    prisma.application.findMany({ where: { id: { in: [...ids] } }, orderBy: { name: "asc" } }),
  );
  return rows.map(applicationOf);
}

/**
 * Takes the row lock that every change of intent holds, and returns the application as it is under the lock.
 * With `ifGeneration` a generation that moved on is `request/precondition_failed`.
 */
export async function lockApplication(
  tx: Tx,
  name: ApplicationName,
  ifGeneration?: number,
): Promise<Application | null> {
  // NO KEY: rows that refer to the application may be inserted meanwhile.
  const locked = await query(
    tx,
    (prisma) => prisma.$queryRaw<{ id: string }[]>`
      SELECT id FROM application WHERE project_id = ${name.projectId} AND name = ${name.name} FOR NO KEY UPDATE`,
  );
  const id = locked[0]?.id;
  if (id === undefined) return null;
  const application = await getApplicationById(tx, id);
  if (application !== null) refuseOtherGeneration(application, ifGeneration);
  return application;
}

/** Applies a change of intent: generation + 1. The application must not have changed since `from` was read. */
export async function changeApplication(tx: Tx, from: Application, change: ApplicationChange): Promise<Application> {
  if (change.routePrefix !== undefined && change.routePrefix !== from.routePrefix) {
    await lockNames(tx, from.projectId);
    await refuseTakenRoute(tx, { projectId: from.projectId, name: from.name, routePrefix: change.routePrefix });
  }
  return await updateAtGeneration(tx, from, defined(change), isUpdate(change));
}

/** Marks it as being deleted (generation + 1); a second time changes nothing. */
export async function markApplicationDeleting(tx: Tx, from: Application): Promise<Application> {
  return from.deletingAtMs === null ? await updateAtGeneration(tx, from, { deletingAt: new Date() }, true) : from;
}

/** Removes it with its revisions, splits, pools, replicas and status. Events, audit entries and metrics stay. */
export async function deleteApplication(db: Db, id: string): Promise<void> {
  await query(db, (prisma) => prisma.application.deleteMany({ where: { id } }));
}

/** All but a number set by hand and a pause asks for something to be brought into force (again). */
function isUpdate({ manualScale, rolloutPausedAt, ...rest }: ApplicationChange): boolean {
  const asksForMore = Object.values(rest).some((value) => value !== undefined);
  return asksForMore || (manualScale === undefined && !(rolloutPausedAt instanceof Date));
}

async function updateAtGeneration(
  tx: Tx,
  from: Application,
  data: {
    targetRevision?: number;
    routePrefix?: string | null;
    manualScale?: Readonly<Record<string, number>>;
    rolloutPausedAt?: Date | null;
    deletingAt?: Date;
  },
  restarts: boolean,
): Promise<Application> {
  const generation = from.generation + 1;
  const { count } = await query(tx, (prisma) =>
    prisma.application.updateMany({
      where: { id: from.id, generation: from.generation },
      data: { ...data, generation, generationsSinceUpdate: restarts ? 0 : generation - from.updateGeneration },
    }),
  );
  const application = await getApplicationById(tx, from.id);
  if (application === null) throw notFound(from.name);
  if (count === 0) refuseOtherGeneration(application, from.generation);
  return application;
}

/** Names and prefixes of a project are handed out one at a time, so that the loser of a race can be told who won. */
async function lockNames(tx: Tx, projectId: string): Promise<void> {
  await query(tx, (prisma) => prisma.$queryRaw`SELECT id FROM project WHERE id = ${projectId} FOR NO KEY UPDATE`);
}

async function refuseTakenName(tx: Tx, name: ApplicationName): Promise<void> {
  const owner = await getApplication(tx, name);
  if (owner === null) return;
  throw conflict(`There is already an application \`${owner.name}\`${deletingNote(owner)}.`);
}

async function refuseTakenRoute(
  tx: Tx,
  wanted: ApplicationName & { readonly routePrefix: string | null },
): Promise<void> {
  const { projectId, routePrefix } = wanted;
  if (routePrefix === null) return;
  const owner = await query(tx, (prisma) =>
    prisma.application.findUnique({ where: { projectId_routePrefix: { projectId, routePrefix } } }),
  );
  if (owner === null || owner.name === wanted.name) return;
  throw conflict(
    `The route prefix \`${routePrefix}\` belongs to application \`${owner.name}\`${deletingNote(applicationOf(owner))}. Choose another prefix.`,
  );
}

function refuseOtherGeneration(application: Application, expected: number | undefined): void {
  if (expected === undefined || application.generation === expected) return;
  throw new SluiceError({
    code: "request/precondition_failed",
    publicMessage: `Application \`${application.name}\` changed meanwhile: it is at generation ${application.generation}, not ${expected}.`,
  });
}

function deletingNote(application: Application): string {
  return application.deletingAtMs === null ? "" : ", which is being deleted";
}

function conflict(publicMessage: string): SluiceError {
  return new SluiceError({ code: "application/conflict", publicMessage });
}

function notFound(name: string): SluiceError {
  return new SluiceError({ code: "application/not_found", publicMessage: `There is no application \`${name}\`.` });
}

function pick(name: ApplicationName): ApplicationName {
  return { projectId: name.projectId, name: name.name };
}

function applicationOf(row: ApplicationRow): Application {
  return {
    id: row.id,
    projectId: row.projectId,
    name: row.name,
    routePrefix: row.routePrefix,
    targetRevision: row.targetRevision,
    generation: row.generation,
    updateGeneration: row.generation - row.generationsSinceUpdate,
    manualScale: fromJson(row.manualScale),
    rolloutPausedAtMs: toNullableMs(row.rolloutPausedAt),
    deletingAtMs: toNullableMs(row.deletingAt),
    createdAtMs: toMs(row.createdAt),
    updatedAtMs: toMs(row.updatedAt),
  };
}
