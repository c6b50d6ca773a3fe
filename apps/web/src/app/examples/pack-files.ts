import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

export interface PackedFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** A fixed time inside the archive: the clock must not change the hash of the same content. Zip counts from 1980. */
const archiveTime = new Date(Date.UTC(1980, 0, 2));

/** A zip with its files stored as they are: small sources gain nothing from compression, and zlib may change its bytes. */
export async function packFiles(files: readonly PackedFile[]): Promise<Uint8Array> {
  const zip = new ZipFile();
  for (const { path, content } of files) {
    zip.addBuffer(Buffer.from(content), path, { mtime: archiveTime, mode: 0o100644, compress: false });
  }
  zip.end();
  return new Uint8Array(await buffer(zip.outputStream));
}
