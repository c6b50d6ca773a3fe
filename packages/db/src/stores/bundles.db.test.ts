import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { expect, it } from "vitest";
import { openTestDatabase } from "../../test/fixtures.ts";
import {
  bundleChunkBytes,
  defaultProjectId,
  deleteBundle,
  getBundle,
  listBundles,
  readBundle,
  sweepUnfinishedBundles,
  writeBundle,
} from "../index.ts";
import type { Database, NewBundle } from "../index.ts";
import { query } from "../connection/handle.ts";

const projectId = defaultProjectId;
const input: NewBundle = {
  projectId,
  name: "model.onnx",
  kind: "file",
  files: [{ path: "model.onnx", sizeBytes: 3 }],
  createdBy: "test",
};
const content = randomBytes(2 * bundleChunkBytes + 12_345);
const sha256 = createHash("sha256").update(content).digest("hex");

it("gives back the bytes that were written, whole and from any offset", async () => {
  await using test = await openTestDatabase();
  const { bundle, created } = await writeBundle(test.db, { ...input, expectedSha256: sha256 }, pieces(content, 70_001));
  expect(created).toBe(true);
  expect(bundle).toMatchObject({
    sha256,
    sizeBytes: content.byteLength,
    name: "model.onnx",
    kind: "file",
    files: input.files,
  });
  for (const offset of [
    0,
    1,
    bundleChunkBytes - 1,
    bundleChunkBytes,
    bundleChunkBytes + 1,
    content.byteLength - 1,
    content.byteLength,
  ]) {
    expect((await read(test.db, offset)).equals(content.subarray(offset)), `from byte ${offset}`).toBe(true);
  }
});

it("refuses content whose hash is another than announced and leaves nothing behind", async () => {
  await using test = await openTestDatabase();
  const corrupted = Buffer.from(content);
  corrupted[bundleChunkBytes + 7] = (corrupted[bundleChunkBytes + 7] ?? 0) ^ 1;
  const upload = writeBundle(test.db, { ...input, expectedSha256: sha256 }, pieces(corrupted, 65_536));
  await expect(upload).rejects.toMatchObject({ code: "bundle/invalid" });
  expect(await rowCounts(test.db)).toEqual({ bundles: 0, chunks: 0 });
});

it("refuses a bundle over the limit, an empty one and a stream that breaks, and leaves nothing behind", async () => {
  await using test = await openTestDatabase();
  await expect(writeBundle(test.db, { ...input, limitBytes: 1_000 }, pieces(content, 65_536))).rejects.toMatchObject({
    code: "request/too_large",
  });
  await expect(writeBundle(test.db, input, Readable.from([]))).rejects.toMatchObject({ code: "bundle/invalid" });
  await expect(writeBundle(test.db, input, brokenStream())).rejects.toThrow("client went away");
  expect(await rowCounts(test.db)).toEqual({ bundles: 0, chunks: 0 });
});

it("keeps equal content once, also when it is uploaded twice at the same time", async () => {
  await using test = await openTestDatabase();
  const uploads = await Promise.all([1, 2, 3].map(() => writeBundle(test.db, input, pieces(content, 300_000))));
  expect(uploads.filter((upload) => upload.created)).toHaveLength(1);
  expect(new Set(uploads.map((upload) => upload.bundle.id)).size).toBe(1);
  expect(await rowCounts(test.db)).toEqual({ bundles: 1, chunks: 3 });
});

it("hides an upload in progress and sweeps it when it is old", async () => {
  await using test = await openTestDatabase();
  await query(test.db, (prisma) =>
    prisma.bundle.create({ data: { projectId, name: "half", kind: "zip", createdBy: "test" } }),
  );
  expect(await listBundles(test.db, { projectId })).toEqual({ items: [], nextCursor: null });
  expect(await sweepUnfinishedBundles(test.db, Date.now() - 3_600_000)).toBe(0);
  expect(await sweepUnfinishedBundles(test.db, Date.now() + 3_600_000)).toBe(1);
});

it("lists bundles newest first in pages and forgets a deleted one with its bytes", async () => {
  await using test = await openTestDatabase();
  const hashes: string[] = [];
  for (const text of ["one", "two", "three"]) {
    hashes.unshift(
      (await writeBundle(test.db, { ...input, name: text }, Readable.from([Buffer.from(text)]))).bundle.sha256,
    );
  }
  const page = await listBundles(test.db, { projectId, limit: 2 });
  const rest = await listBundles(test.db, { projectId, limit: 2, cursor: page.nextCursor ?? undefined });
  expect([...page.items, ...rest.items].map((bundle) => bundle.sha256)).toEqual(hashes);
  const gone = { projectId, sha256: hashes[0] ?? "" };
  expect(await deleteBundle(test.db, gone)).toBe(true);
  expect(await getBundle(test.db, gone)).toBeNull();
  expect(await readBundle(test.db, gone)).toBeNull();
  expect(await rowCounts(test.db)).toEqual({ bundles: 2, chunks: 2 });
});

async function read(db: Database, offset: number): Promise<Buffer> {
  const stream = await readBundle(db, { projectId, sha256 }, offset);
  if (stream === null) throw new Error("it is there");
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
}

async function rowCounts(db: Database): Promise<{ bundles: number; chunks: number }> {
  return await query(db, async (prisma) => ({
    bundles: await prisma.bundle.count(),
    chunks: await prisma.bundleChunk.count(),
  }));
}

async function* pieces(bytes: Buffer, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.byteLength; from += sizeBytes) yield bytes.subarray(from, from + sizeBytes);
}

async function* brokenStream(): AsyncGenerator<Uint8Array> {
  yield content;
  throw new Error("client went away");
}
