import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import path from "node:path";
import { bundleLimitBytes, SluiceError } from "@sluice/contracts";

/** A finished upload on disk, to be looked at before it is stored. Disposing removes it. */
export interface ReceivedUpload extends AsyncDisposable {
  readonly path: string;
  readonly sizeBytes: number;
  /** First bytes, for telling what it is. */
  readonly head: Uint8Array;
  read(): AsyncIterable<Uint8Array>;
}

const headBytes = 64;

/** Streams a body into a file of our own. Over the limit it stops reading at once: 413. */
export async function receiveUpload(
  body: AsyncIterable<Uint8Array>,
  uploadDir: string,
  limitBytes: number = bundleLimitBytes,
): Promise<ReceivedUpload> {
  await mkdir(uploadDir, { recursive: true, mode: 0o700 });
  const file = path.join(uploadDir, `upload-${randomUUID()}`);
  const remove = (): Promise<void> => rm(file, { force: true });
  const handle = await open(file, "wx", 0o600);
  let sizeBytes = 0;
  let head: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of body) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) throw tooLarge(limitBytes);
      if (head.byteLength < headBytes) head = Buffer.concat([head, chunk]).subarray(0, headBytes);
      await handle.writeFile(chunk);
    }
  } catch (error) {
    await handle.close();
    await remove();
    throw error;
  }
  await handle.close();
  return { path: file, sizeBytes, head, read: () => createReadStream(file), [Symbol.asyncDispose]: remove };
}

export function tooLarge(limitBytes: number): SluiceError {
  return new SluiceError({
    code: "request/too_large",
    publicMessage: `A bundle may have at most ${Math.floor(limitBytes / 1024 ** 2)} MiB.`,
  });
}
