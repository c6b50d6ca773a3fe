import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { rm, stat } from "node:fs/promises";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { setTimeout as wait } from "node:timers/promises";
import { SluiceError, isSluiceError } from "@sluice/contracts";
import { decideBackoffMs } from "@sluice/observability";
import { bundleError } from "./bundle-error.ts";

export interface FetchBundleOptions {
  readonly controllerUrl: string;
  readonly secret: string;
  readonly sha256: string;
  /** The file to fill; bytes already there are not fetched again. */
  readonly partPath: string;
  readonly maxBytes: number;
  readonly onProgress: (receivedBytes: number, totalBytes: number | null) => void;
  readonly signal: AbortSignal;
  readonly maxAttempts?: number;
}

/** No byte for this long = a dead connection: the next try goes on where it stopped. */
const stallTimeoutMs = 30_000;

/** Fetches a bundle in as many tries as needed, resuming, and verifies its hash. Leaves `partPath` complete. */
export async function fetchBundle(options: FetchBundleOptions): Promise<void> {
  const { maxAttempts = 8, sha256, partPath, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await fetchOnce(options);
      break;
    } catch (error) {
      signal.throwIfAborted();
      if (isSluiceError(error) || attempt >= maxAttempts) throw asFetchError(error, sha256);
      await wait(decideBackoffMs(attempt, Math.random()), undefined, { signal });
    }
  }
  const found = await hashFile(partPath);
  if (found === sha256) return;
  await rm(partPath, { force: true });
  throw bundleError(
    `Bundle ${sha256.slice(0, 12)} arrived with another content (sha256 ${found.slice(0, 12)}), refused.`,
  );
}

async function fetchOnce({
  controllerUrl,
  secret,
  sha256,
  partPath,
  maxBytes,
  onProgress,
  signal,
}: FetchBundleOptions): Promise<void> {
  const haveBytes = await sizeOf(partPath);
  const stall = new AbortController();
  const stallTimer = setTimeout(() => stall.abort(new Error("no data for 30 s")), stallTimeoutMs);
  try {
    const response = await fetch(`${controllerUrl}/internal/bundles/${sha256}`, {
      headers: { authorization: `Bearer ${secret}`, ...(haveBytes > 0 ? { range: `bytes=${haveBytes}-` } : {}) },
      signal: AbortSignal.any([signal, stall.signal]),
    });
    if (response.status === 416) {
      // Either all is here already, which the hash will show, or the file is longer than the bundle.
      await response.body?.cancel();
      if ((await hashFile(partPath)) === sha256) return;
      await rm(partPath, { force: true });
      throw new Error("the part on disk did not fit, starting over");
    }
    if (response.status === 404) {
      throw new SluiceError({
        code: "bundle/not_found",
        publicMessage: `Bundle ${sha256.slice(0, 12)} does not exist any more.`,
      });
    }
    if (!response.ok || response.body === null) throw new Error(`the controller answered ${response.status}`);
    const startBytes = response.status === 206 ? haveBytes : 0;
    const lengthBytes = Number(response.headers.get("content-length") ?? Number.NaN);
    const totalBytes = Number.isFinite(lengthBytes) ? startBytes + lengthBytes : null;
    let receivedBytes = startBytes;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        stallTimer.refresh();
        receivedBytes += chunk.length;
        if (receivedBytes > maxBytes)
          return done(bundleError(`Bundle ${sha256.slice(0, 12)} is larger than ${maxBytes} bytes.`));
        onProgress(receivedBytes, totalBytes);
        done(null, chunk);
      },
    });
    const flags = startBytes > 0 ? "a" : "w";
    await pipeline(
      Readable.fromWeb(response.body as ReadableStream<Uint8Array>),
      meter,
      createWriteStream(partPath, { flags, mode: 0o600 }),
    );
    if (totalBytes !== null && receivedBytes < totalBytes) throw new Error("the connection ended early");
  } finally {
    clearTimeout(stallTimer);
  }
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function asFetchError(error: unknown, sha256: string): SluiceError {
  if (isSluiceError(error)) return error;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
  return new SluiceError({
    code: "controller/unavailable",
    publicMessage: `Bundle ${sha256.slice(0, 12)} could not be fetched from the controller: ${cause}`,
    cause: error,
  });
}
