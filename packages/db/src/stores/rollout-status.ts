import type { RolloutPhase } from "@sluice/domain";
import { rolloutPhases } from "@sluice/domain";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toJson, toMs, toNullableDate, toNullableMs, toText } from "../connection/row-values.ts";
import type { RolloutStatus as RolloutStatusRow } from "../generated/client.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

/** Where the move from one revision to another stands; one per application, the newest. */
export interface RolloutStatus {
  readonly applicationId: string;
  readonly projectId: string;
  readonly generation: number;
  readonly fromRevision: number | null;
  readonly toRevision: number;
  readonly phase: RolloutPhase;
  readonly message: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly startedAtMs: number;
  /** When it last came nearer to its end; the deadline runs from here. */
  readonly progressAtMs: number;
  readonly endedAtMs: number | null;
}

export async function saveRolloutStatus(db: Db, status: RolloutStatus): Promise<void> {
  const { applicationId, startedAtMs, progressAtMs, endedAtMs, numbers, ...rest } = status;
  const data = {
    ...rest,
    message: toText(rest.message),
    numbers: toJson(numbers),
    startedAt: new Date(startedAtMs),
    progressAt: new Date(progressAtMs),
    endedAt: toNullableDate(endedAtMs),
  };
  await query(db, (prisma) =>
    prisma.rolloutStatus.upsert({ where: { applicationId }, create: { applicationId, ...data }, update: data }),
  );
}

/** Of one application, of several, or of all. */
export async function listRolloutStatuses(db: Db, filter: OfApplications = {}): Promise<RolloutStatus[]> {
  const rows = await query(db, (prisma) => prisma.rolloutStatus.findMany({ where: whereApplication(filter) }));
  return rows.map(rolloutOf);
}

function rolloutOf(row: RolloutStatusRow): RolloutStatus {
  return {
    applicationId: row.applicationId,
    projectId: row.projectId,
    generation: row.generation,
    fromRevision: row.fromRevision,
    toRevision: row.toRevision,
    phase: oneOf(rolloutPhases, row.phase),
    message: row.message,
    numbers: fromJson(row.numbers),
    startedAtMs: toMs(row.startedAt),
    progressAtMs: toMs(row.progressAt),
    endedAtMs: toNullableMs(row.endedAt),
  };
}
