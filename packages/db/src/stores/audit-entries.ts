import type { Db, Tx } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Page, PageRequest } from "../connection/page.ts";
import { cursorNumber, limitOf, pageOf } from "../connection/page.ts";
import { fromJson, toMs, toNullableJson } from "../connection/row-values.ts";

export interface NewAuditEntry {
  readonly projectId: string;
  /** Display text of the principal. */
  readonly principal: string;
  /** e.g. `application.put`. */
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  readonly objectName: string;
  readonly before?: unknown;
  readonly after?: unknown;
  readonly requestId?: string | null;
}

export interface AuditEntry extends Required<NewAuditEntry> {
  readonly id: string;
  readonly atMs: number;
}

/** Written in the transaction of the change, so that there is never one without the other. */
export async function appendAuditEntry(tx: Tx, entry: NewAuditEntry): Promise<void> {
  await query(tx, (prisma) =>
    prisma.auditEntry.create({
      data: { ...entry, before: toNullableJson(entry.before), after: toNullableJson(entry.after) },
    }),
  );
}

/** Newest first. */
export async function listAuditEntries(
  db: Db,
  request: PageRequest & {
    readonly projectId: string;
    readonly objectKind?: string | undefined;
    readonly objectId?: string | undefined;
  },
): Promise<Page<AuditEntry>> {
  const limit = limitOf(request);
  const below = cursorNumber(request);
  const rows = await query(db, (prisma) =>
    prisma.auditEntry.findMany({
      where: {
        projectId: request.projectId,
        ...(request.objectKind === undefined ? {} : { objectKind: request.objectKind }),
        ...(request.objectId === undefined ? {} : { objectId: request.objectId }),
        ...(below === null ? {} : { id: { lt: below } }),
      },
      orderBy: { id: "desc" },
      take: limit + 1,
    }),
  );
  const entries = rows.map(({ at, ...row }) => ({
    ...row,
    id: row.id.toString(),
    atMs: toMs(at),
    before: fromJson<unknown>(row.before),
    after: fromJson<unknown>(row.after),
  }));
  return pageOf(entries, limit, (entry) => entry.id);
}
