import { SluiceError } from "@sluice/contracts";
import { createHash } from "node:crypto";
import type { Db } from "../connection/handle.ts";
import { query } from "../connection/handle.ts";
import type { Page, PageRequest } from "../connection/page.ts";
import { cursorText, limitOf, pageOf } from "../connection/page.ts";
import { fromJson, toJson, toMs } from "../connection/row-values.ts";
import type { Bundle as BundleRow } from "../generated/client.ts";
import { cutChunks } from "./cut-chunks.ts";

/** Bytes in every chunk but the last. Readers compute offsets from it: a change needs a migration of all bundles. */
export const bundleChunkBytes = 1_048_576;

/** The largest bundle that Postgres keeps. */
export const bundleLimitBytes = 256 * 1_048_576;

export const bundleKinds = ["zip", "file"] as const;
export type BundleKind = (typeof bundleKinds)[number];

export interface BundleFile {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface Bundle {
  readonly id: string;
  readonly projectId: string;
  readonly sha256: string;
  readonly name: string;
  readonly kind: BundleKind;
  readonly sizeBytes: number;
  readonly files: readonly BundleFile[];
  readonly createdBy: string;
  readonly createdAtMs: number;
}

export interface NewBundle {
  readonly projectId: string;
  readonly name: string;
  readonly kind: BundleKind;
  readonly files: readonly BundleFile[];
  readonly createdBy: string;
  /** When given, other content is refused. */
  readonly expectedSha256?: string | undefined;
  readonly limitBytes?: number | undefined;
}

export interface BundleName {
  readonly projectId: string;
  readonly sha256: string;
}

/**
 * Streams content into a bundle; `created` is false when the same content is there already, which is then the answer.
 * What is half written when this fails is removed, or swept later; it is never visible.
 */
export async function writeBundle(
  db: Db,
  input: NewBundle,
  content: AsyncIterable<Uint8Array>,
): Promise<{ readonly bundle: Bundle; readonly created: boolean }> {
  const { projectId, name, kind, createdBy } = input;
  const upload = await query(db, (prisma) =>
    prisma.bundle.create({
      data: { projectId, name, kind, createdBy, files: toJson(input.files) },
      select: { id: true },
    }),
  );
  try {
    const { sha256, sizeBytes } = await writeChunks(db, upload.id, content, input.limitBytes ?? bundleLimitBytes);
    refuseOtherContent(input.expectedSha256, sha256, sizeBytes);
    const created = await completeUpload(db, upload.id, { projectId, sha256 }, sizeBytes);
    if (!created) await discardUpload(db, upload.id);
    const bundle = await getBundle(db, { projectId, sha256 });
    if (bundle === null)
      throw new SluiceError({
        code: "bundle/not_found",
        publicMessage: "The bundle was deleted while it was uploaded.",
      });
    return { bundle, created };
  } catch (error) {
    // Best effort: an upload that stays behind is invisible and swept.
    await discardUpload(db, upload.id).catch(() => undefined);
    throw error;
  }
}

/** Bytes of a bundle from an offset on, chunk by chunk; null when there is no such bundle. The reader verifies the hash. */
export async function readBundle(db: Db, name: BundleName, fromByte = 0): Promise<AsyncIterable<Uint8Array> | null> {
  const bundle = await getBundle(db, name);
  return bundle && readChunks(db, bundle.id, fromByte);
}

export async function getBundle(db: Db, name: BundleName): Promise<Bundle | null> {
  const { projectId, sha256 } = name;
  const row = await query(db, (prisma) =>
    prisma.bundle.findUnique({ where: { projectId_sha256: { projectId, sha256 } } }),
  );
  return row && bundleOf(row);
}

/** Newest first. */
export async function listBundles(
  db: Db,
  request: PageRequest & { readonly projectId: string },
): Promise<Page<Bundle>> {
  const limit = limitOf(request);
  const after = cursorText(request);
  const rows = await query(db, (prisma) =>
    prisma.bundle.findMany({
      where: { projectId: request.projectId, completedAt: { not: null } },
      orderBy: [{ createdAt: "desc" }, { id: "desc" }],
      ...(after === null ? {} : { cursor: { id: after }, skip: 1 }),
      take: limit + 1,
    }),
  );
  return pageOf(rows.map(bundleOf), limit, (bundle) => bundle.id);
}

export async function deleteBundle(db: Db, name: BundleName): Promise<boolean> {
  const { projectId, sha256 } = name;
  const { count } = await query(db, (prisma) => prisma.bundle.deleteMany({ where: { projectId, sha256 } }));
  return count > 0;
}

/** Removes uploads that nobody finished. */
export async function sweepUnfinishedBundles(db: Db, startedBeforeMs: number): Promise<number> {
  const { count } = await query(db, (prisma) =>
    prisma.bundle.deleteMany({ where: { completedAt: null, createdAt: { lt: new Date(startedBeforeMs) } } }),
  );
  return count;
}

async function writeChunks(
  db: Db,
  bundleId: string,
  content: AsyncIterable<Uint8Array>,
  limitBytes: number,
): Promise<{ sha256: string; sizeBytes: number }> {
  const hash = createHash("sha256");
  let sizeBytes = 0;
  let index = 0;
  for await (const data of cutChunks(content, bundleChunkBytes)) {
    sizeBytes += data.byteLength;
    if (sizeBytes > limitBytes) {
      throw new SluiceError({
        code: "request/too_large",
        publicMessage: `A bundle may have at most ${limitBytes} bytes; this one has more.`,
      });
    }
    hash.update(data);
    const chunkIndex = index++;
    await query(db, (prisma) =>
      prisma.bundleChunk.create({ data: { bundleId, index: chunkIndex, data }, select: { index: true } }),
    );
  }
  return { sha256: hash.digest("hex"), sizeBytes };
}

function refuseOtherContent(expected: string | undefined, sha256: string, sizeBytes: number): void {
  if (sizeBytes === 0) throw new SluiceError({ code: "bundle/invalid", publicMessage: "The bundle is empty." });
  if (expected === undefined || expected === sha256) return;
  throw new SluiceError({
    code: "bundle/invalid",
    publicMessage: `The content arrived damaged: its sha256 is ${sha256}, announced was ${expected}. Upload it again.`,
  });
}

/** False when the same content is there already. */
async function completeUpload(db: Db, id: string, name: BundleName, sizeBytes: number): Promise<boolean> {
  const completed = await query(
    db,
    // NOT EXISTS instead of catching the violation: that would end a transaction of the caller.
    (prisma) => prisma.$executeRaw`
      UPDATE bundle SET sha256 = ${name.sha256}, size_bytes = ${sizeBytes}, completed_at = clock_timestamp()
      WHERE id = ${id} AND NOT EXISTS (SELECT 1 FROM bundle WHERE project_id = ${name.projectId} AND sha256 = ${name.sha256})`,
  );
  return completed > 0;
}

async function discardUpload(db: Db, id: string): Promise<void> {
  await query(db, (prisma) => prisma.bundle.deleteMany({ where: { id, completedAt: null } }));
}

async function* readChunks(db: Db, bundleId: string, fromByte: number): AsyncGenerator<Uint8Array> {
  const first = Math.floor(fromByte / bundleChunkBytes);
  for (let index = first; ; index++) {
    const chunk = await query(db, (prisma) =>
      prisma.bundleChunk.findUnique({ where: { bundleId_index: { bundleId, index } } }),
    );
    if (chunk === null) return;
    const skip = index === first ? fromByte - first * bundleChunkBytes : 0;
    if (skip < chunk.data.byteLength) yield skip === 0 ? chunk.data : chunk.data.subarray(skip);
  }
}

function bundleOf(row: BundleRow): Bundle {
  return {
    id: row.id,
    projectId: row.projectId,
    sha256: row.sha256 ?? "",
    name: row.name,
    kind: row.kind === "zip" ? "zip" : "file",
    sizeBytes: Number(row.sizeBytes),
    files: fromJson(row.files),
    createdBy: row.createdBy,
    createdAtMs: toMs(row.createdAt),
  };
}
