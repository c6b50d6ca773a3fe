import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toJson, toMs } from "../connection/row-values.ts";
import type { AutoscalerStatus as AutoscalerStatusRow } from "../generated/client.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

/** How many replicas the autoscaler wants in a pool, and why. */
export interface AutoscalerStatus {
  readonly poolId: string;
  readonly applicationId: string;
  readonly projectId: string;
  readonly target: number;
  /** The decision that led to the target, as JSON of the domain's ScaleDecision. */
  readonly decision: Readonly<Record<string, unknown>>;
  readonly changedAtMs: number;
}

/** Writes the target of a pool; the newest wins. */
export async function saveAutoscalerStatus(db: Db, status: AutoscalerStatus): Promise<void> {
  const { poolId, decision, changedAtMs, ...rest } = status;
  const data = { ...rest, decision: toJson(decision), changedAt: new Date(changedAtMs) };
  await query(db, (prisma) =>
    prisma.autoscalerStatus.upsert({ where: { poolId }, create: { poolId, ...data }, update: data }),
  );
}

/** Forgets the target of a pool that is not autoscaled any more. */
export async function deleteAutoscalerStatus(db: Db, poolId: string): Promise<void> {
  await query(db, (prisma) => prisma.autoscalerStatus.deleteMany({ where: { poolId } }));
}

/** Of one application, of several, or of all. */
export async function listAutoscalerStatuses(db: Db, filter: OfApplications = {}): Promise<AutoscalerStatus[]> {
  const rows = await query(db, (prisma) => prisma.autoscalerStatus.findMany({ where: whereApplication(filter) }));
  return rows.map(statusOf);
}

function statusOf(row: AutoscalerStatusRow): AutoscalerStatus {
  return {
    poolId: row.poolId,
    applicationId: row.applicationId,
    projectId: row.projectId,
    target: row.target,
    decision: fromJson(row.decision),
    changedAtMs: toMs(row.changedAt),
  };
}
