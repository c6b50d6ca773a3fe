import type { EffectiveTraffic } from "@sluice/domain";
import { trafficSources } from "@sluice/domain";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, oneOf, toMs, toNullableMs, toText } from "../connection/row-values.ts";
import type { EffectiveTraffic as EffectiveTrafficRow } from "../generated/client.ts";
import { rootSplit } from "./traffic-splits.ts";
import { whereApplication, type OfApplications } from "./of-applications.ts";

/** The weights in force, the only traffic gateways ever see, and how far they have travelled. */
export interface TrafficInForce extends EffectiveTraffic {
  readonly applicationId: string;
  readonly splitNode: string;
  /** Version of the routing slice that carries them; 0 = none was built yet. */
  readonly sliceEpoch: number;
  readonly sliceVersion: number;
  /** When the weights last changed. */
  readonly changedAtMs: number;
  /** When the last connected gateway confirmed them; null while some have not. */
  readonly inForceAtMs: number | null;
}

export async function getEffectiveTraffic(db: Db, applicationId: string): Promise<TrafficInForce | null> {
  const row = await query(db, (prisma) =>
    prisma.effectiveTraffic.findUnique({ where: { applicationId_splitNode: { applicationId, splitNode: rootSplit } } }),
  );
  return row && trafficOf(row);
}

/** Weights in force of one application, of several, or of all. */
export async function listEffectiveTraffic(db: Db, filter: OfApplications = {}): Promise<TrafficInForce[]> {
  const rows = await query(db, (prisma) => prisma.effectiveTraffic.findMany({ where: whereApplication(filter) }));
  return rows.map(trafficOf);
}

/**
 * Puts weights in force. Changed weights renew `changedAtMs` and clear `inForceAtMs`; equal ones only renew source and reason.
 */
export async function setEffectiveTraffic(
  db: Db,
  input: EffectiveTraffic & { readonly projectId: string; readonly applicationId: string },
): Promise<TrafficInForce> {
  const { projectId, applicationId, source } = input;
  const reason = toText(input.reason);
  const variants = JSON.stringify(
    input.variants.map(({ variant, revision, weight }) => ({ variant, revision, weight })),
  );
  return await query(db, async (prisma) => {
    await prisma.$executeRaw`
      INSERT INTO effective_traffic AS t (application_id, split_node, project_id, variants, source, reason, changed_at)
      VALUES (${applicationId}, ${rootSplit}, ${projectId}, ${variants}::jsonb, ${source}, ${reason}, clock_timestamp())
      ON CONFLICT (application_id, split_node) DO UPDATE SET
        source = excluded.source,
        reason = excluded.reason,
        changed_at = CASE WHEN t.variants = excluded.variants THEN t.changed_at ELSE excluded.changed_at END,
        in_force_at = CASE WHEN t.variants = excluded.variants THEN t.in_force_at END,
        variants = excluded.variants`;
    const where = { applicationId_splitNode: { applicationId, splitNode: rootSplit } };
    return trafficOf(await prisma.effectiveTraffic.findUniqueOrThrow({ where }));
  });
}

/** Notes the version of the routing slice that carries the weights. */
export async function saveTrafficSlice(
  db: Db,
  applicationId: string,
  slice: { readonly epoch: number; readonly version: number },
): Promise<void> {
  await query(db, (prisma) =>
    prisma.effectiveTraffic.updateMany({
      where: { applicationId, splitNode: rootSplit },
      data: { sliceEpoch: slice.epoch, sliceVersion: slice.version },
    }),
  );
}

/** Notes that all connected gateways confirmed the weights; the first time counts. */
export async function markTrafficInForce(db: Db, applicationId: string, atMs: number): Promise<void> {
  await query(db, (prisma) =>
    prisma.effectiveTraffic.updateMany({
      where: { applicationId, splitNode: rootSplit, inForceAt: null },
      data: { inForceAt: new Date(atMs) },
    }),
  );
}

function trafficOf(row: EffectiveTrafficRow): TrafficInForce {
  return {
    applicationId: row.applicationId,
    splitNode: row.splitNode,
    variants: fromJson(row.variants),
    source: oneOf(trafficSources, row.source),
    reason: row.reason,
    sliceEpoch: row.sliceEpoch,
    sliceVersion: row.sliceVersion,
    changedAtMs: toMs(row.changedAt),
    inForceAtMs: toNullableMs(row.inForceAt),
  };
}
