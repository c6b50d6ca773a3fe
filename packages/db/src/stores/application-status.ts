import type { ApplicationState } from "@sluice/domain";
import { applicationStates } from "@sluice/domain";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toJson, toMs, toText } from "../connection/row-values.ts";
import type { ApplicationStatus as ApplicationStatusRow } from "../generated/client.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

export interface ApplicationStatus {
  readonly applicationId: string;
  readonly projectId: string;
  readonly state: ApplicationState;
  readonly message: string;
  /** Generation of the intent that this is about. */
  readonly observedGeneration: number;
  /** An update generation that failed and is not tried again. */
  readonly failedGeneration: number | null;
  readonly failedReason: string | null;
  /** Numbers of the revisions that have weight in force, ascending. */
  readonly servingRevisions: readonly number[];
  readonly updatedAtMs: number;
}

/** Null = the controller has not looked at it yet, which reads as NOT_STARTED. */
export async function getApplicationStatus(db: Db, applicationId: string): Promise<ApplicationStatus | null> {
  const row = await query(db, (prisma) => prisma.applicationStatus.findUnique({ where: { applicationId } }));
  return row && statusOf(row);
}

/** Of one application, of several, or of all. */
export async function listApplicationStatuses(db: Db, filter: OfApplications = {}): Promise<ApplicationStatus[]> {
  const rows = await query(db, (prisma) => prisma.applicationStatus.findMany({ where: whereApplication(filter) }));
  return rows.map(statusOf);
}

export async function saveApplicationStatus(db: Db, status: Omit<ApplicationStatus, "updatedAtMs">): Promise<void> {
  const { applicationId, ...rest } = status;
  const data = {
    ...rest,
    message: toText(rest.message),
    failedReason: rest.failedReason === null ? null : toText(rest.failedReason),
    servingRevisions: toJson(rest.servingRevisions),
  };
  await query(db, (prisma) =>
    prisma.applicationStatus.upsert({ where: { applicationId }, create: { applicationId, ...data }, update: data }),
  );
}

function statusOf(row: ApplicationStatusRow): ApplicationStatus {
  return {
    applicationId: row.applicationId,
    projectId: row.projectId,
    state: oneOf(applicationStates, row.state),
    message: row.message,
    observedGeneration: row.observedGeneration,
    failedGeneration: row.failedGeneration,
    failedReason: row.failedReason,
    servingRevisions: fromJson(row.servingRevisions),
    updatedAtMs: toMs(row.updatedAt),
  };
}
