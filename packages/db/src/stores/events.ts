import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Page, PageRequest } from "../connection/page.ts";
import { cursorNumber, limitOf, pageOf } from "../connection/page.ts";
import { fromJson, oneOf, toJson, toMs, toText } from "../connection/row-values.ts";
import type { Event as EventRow } from "../generated/client.ts";

export const eventSeverities = ["info", "warning", "error"] as const;
export type EventSeverity = (typeof eventSeverities)[number];

export interface Event {
  /** Grows; a decimal number as text. */
  readonly id: string;
  readonly projectId: string;
  readonly atMs: number;
  /** Stable code of the reason, e.g. `replica_replaced`. */
  readonly reason: string;
  readonly severity: EventSeverity;
  readonly message: string;
  readonly numbers: Readonly<Record<string, number>>;
  readonly applicationId: string | null;
  /** Name of the application at the time. */
  readonly application: string | null;
  readonly deployment: string | null;
  readonly replicaId: string | null;
  readonly nodeId: string | null;
  readonly revision: number | null;
}

export interface NewEvent {
  readonly projectId: string;
  readonly atMs?: number;
  readonly reason: string;
  readonly severity: EventSeverity;
  readonly message: string;
  readonly numbers?: Readonly<Record<string, number>>;
  readonly applicationId?: string | null;
  readonly application?: string | null;
  readonly deployment?: string | null;
  readonly replicaId?: string | null;
  readonly nodeId?: string | null;
  readonly revision?: number | null;
}

export interface EventFilter {
  readonly projectId: string;
  readonly applicationId?: string | undefined;
  /** Name of the application at the time; finds the history of one that is gone. */
  readonly application?: string | undefined;
  readonly replicaId?: string | undefined;
  readonly nodeId?: string | undefined;
  readonly reason?: string | undefined;
  readonly severities?: readonly EventSeverity[] | undefined;
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
}

/** Writes events in the order given, in one statement. */
export async function appendEvents(db: Db, events: readonly NewEvent[]): Promise<void> {
  if (events.length === 0) return;
  await query(db, (prisma) =>
    prisma.event.createMany({
      data: events.map(({ atMs, ...event }) => ({
        ...event,
        ...(atMs === undefined ? {} : { at: new Date(atMs) }),
        message: toText(event.message),
        numbers: toJson(event.numbers ?? {}),
      })),
    }),
  );
}

/** Newest first. */
export async function listEvents(db: Db, request: EventFilter & PageRequest): Promise<Page<Event>> {
  const limit = limitOf(request);
  const below = cursorNumber(request);
  const {
    projectId,
    applicationId,
    application,
    replicaId,
    nodeId,
    reason,
    severities,
    fromMs,
    toMs: untilMs,
  } = request;
  const rows = await query(db, (prisma) =>
    prisma.event.findMany({
      where: {
        projectId,
        ...(below === null ? {} : { id: { lt: below } }),
        ...(applicationId === undefined ? {} : { applicationId }),
        ...(application === undefined ? {} : { application }),
        ...(replicaId === undefined ? {} : { replicaId }),
        ...(nodeId === undefined ? {} : { nodeId }),
        ...(reason === undefined ? {} : { reason }),
        ...(severities === undefined ? {} : { severity: { in: [...severities] } }),
        at: {
          ...(fromMs === undefined ? {} : { gte: new Date(fromMs) }),
          ...(untilMs === undefined ? {} : { lt: new Date(untilMs) }),
        },
      },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
  );
  return pageOf(rows.map(eventOf), limit, (event) => event.id);
}

export async function deleteEventsBefore(db: Db, beforeMs: number): Promise<number> {
  const { count } = await query(db, (prisma) => prisma.event.deleteMany({ where: { at: { lt: new Date(beforeMs) } } }));
  return count;
}

function eventOf(row: EventRow): Event {
  return {
    id: row.id.toString(),
    projectId: row.projectId,
    atMs: toMs(row.at),
    reason: row.reason,
    severity: oneOf(eventSeverities, row.severity),
    message: row.message,
    numbers: fromJson(row.numbers),
    applicationId: row.applicationId,
    application: row.application,
    deployment: row.deployment,
    replicaId: row.replicaId,
    nodeId: row.nodeId,
    revision: row.revision,
  };
}
