import type { SeriesKey, WindowReport, WindowTotals } from "@sluice/contracts";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import { fromJson, toMs } from "../connection/row-values.ts";

/** What one life of one reporter measured of a series in a window. */
export interface MetricPart extends Omit<WindowTotals, "key"> {
  /** Milliseconds of the window that it covers. */
  readonly coveredMs: number;
}

/** All metrics of one series in one window; parts by `reporter/incarnation`, to be merged by the reader. */
export interface MetricPoint {
  readonly key: SeriesKey;
  readonly windowStartMs: number;
  readonly parts: Readonly<Record<string, MetricPart>>;
}

export interface NewMetricPart {
  readonly key: SeriesKey;
  readonly windowStartMs: number;
  readonly reporter: string;
  readonly incarnation: string;
  readonly part: MetricPart;
}

export interface MetricQuery {
  readonly projectId: string;
  readonly application?: string | undefined;
  readonly deployment?: string | undefined;
  readonly revision?: number | undefined;
  readonly variant?: string | undefined;
  /** Windows that start at or after it. */
  readonly fromMs: number;
  /** Windows that start before it. */
  readonly toMs: number;
}

interface PointRow {
  readonly key: SeriesKey;
  readonly windowStartMs: number;
  readonly parts: Record<string, MetricPart>;
}

/** Flattens the report of a reporter into the parts it is stored as. */
export function partsOfReport(report: WindowReport): NewMetricPart[] {
  return report.windows.flatMap(({ windowStartMs, coveredMs, series }) =>
    series.map(({ key, ...totals }) => ({
      key,
      windowStartMs,
      reporter: report.reporter,
      incarnation: report.incarnation,
      part: { ...totals, coveredMs },
    })),
  );
}

/**
 * Writes parts in one statement, however many they are. A part replaces what the same life of the same reporter said of
 * the window before, unless that covered more: so resends and late copies never add and never take back.
 */
export async function saveMetricParts(db: Db, projectId: string, parts: readonly NewMetricPart[]): Promise<void> {
  if (parts.length === 0) return;
  const points = groupByPoint(parts);
  await query(
    db,
    (prisma) => prisma.$executeRaw`
      INSERT INTO metric_point AS p (project_id, application, deployment, revision, variant, window_start, parts)
      SELECT ${projectId}, application, deployment, revision, variant, to_timestamp(start_ms / 1000.0), parts::jsonb
      FROM unnest(
        ${points.map((point) => point.key.application)}::text[],
        ${points.map((point) => point.key.deployment)}::text[],
        ${points.map((point) => point.key.revision)}::int[],
        ${points.map((point) => point.key.variant)}::text[],
        ${points.map((point) => point.windowStartMs)}::float8[],
        ${points.map((point) => JSON.stringify(point.parts))}::text[]
      ) AS fresh (application, deployment, revision, variant, start_ms, parts)
      ON CONFLICT (project_id, application, deployment, revision, variant, window_start) DO UPDATE SET
        parts = p.parts || COALESCE((
          SELECT jsonb_object_agg(part.key, part.value) FROM jsonb_each(excluded.parts) AS part
          WHERE COALESCE((p.parts -> part.key ->> 'coveredMs')::float8, -1) <= (part.value ->> 'coveredMs')::float8
        ), '{}'::jsonb)`,
  );
}

/** Points of a range of time, oldest first. */
export async function queryMetricPoints(db: Db, request: MetricQuery): Promise<MetricPoint[]> {
  const { projectId, application, deployment, revision, variant, fromMs, toMs: untilMs } = request;
  const rows = await query(db, (prisma) =>
    prisma.metricPoint.findMany({
      where: {
        projectId,
        ...(application === undefined ? {} : { application }),
        ...(deployment === undefined ? {} : { deployment }),
        ...(revision === undefined ? {} : { revision }),
        ...(variant === undefined ? {} : { variant }),
        windowStart: { gte: new Date(fromMs), lt: new Date(untilMs) },
      },
      orderBy: [
        { windowStart: "asc" },
        { application: "asc" },
        { deployment: "asc" },
        { revision: "asc" },
        { variant: "asc" },
      ],
    }),
  );
  return rows.map((row) => ({
    key: { application: row.application, deployment: row.deployment, revision: row.revision, variant: row.variant },
    windowStartMs: toMs(row.windowStart),
    parts: fromJson(row.parts),
  }));
}

export async function deleteMetricPointsBefore(db: Db, beforeMs: number): Promise<number> {
  const { count } = await query(db, (prisma) =>
    prisma.metricPoint.deleteMany({ where: { windowStart: { lt: new Date(beforeMs) } } }),
  );
  return count;
}

/** One row may be written once per statement, and rows are locked in this order, so that writers cannot deadlock. */
function groupByPoint(parts: readonly NewMetricPart[]): PointRow[] {
  const points = new Map<string, PointRow>();
  for (const { key, windowStartMs, reporter, incarnation, part } of parts) {
    const id = JSON.stringify([key.application, key.deployment, key.revision, key.variant, windowStartMs]);
    let point = points.get(id);
    if (point === undefined) points.set(id, (point = { key, windowStartMs, parts: {} }));
    point.parts[`${reporter}/${incarnation}`] = part;
  }
  return [...points.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, point]) => point);
}
