import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Assignment } from "@sluice/contracts";
import { bundleError } from "./bundle-error.ts";
import { compileModule } from "./compile-module.ts";
import { fetchBundle } from "./fetch-bundle.ts";
import { findModule } from "./find-module.ts";
import { sweepBundles } from "./bundle-sweep.ts";
import { unpackLimits, unpackZip } from "./unpack-zip.ts";

import type { SweepLimits, SweepStep } from "../sweep/plan-sweep.ts";

/** What has to be on the node before a process can start. */
export type BundleUse = Pick<Assignment, "bundle" | "importPath" | "runtime">;
export type OnPrepareProgress = (message: string) => void;

export interface BundleCacheOptions {
  readonly dir: string;
  readonly controllerUrl: string;
  readonly secret: string;
  readonly onFetched?: (bytes: number) => void;
}

interface Flight {
  readonly done: Promise<void>;
  readonly listeners: Set<OnPrepareProgress>;
}

const maxBundleBytes = 2 * 1024 ** 3;

/** Bundles on this node, one directory per content hash: fetched once, however many replicas wait for it. */
export class BundleCache {
  readonly #options: BundleCacheOptions;
  readonly #flights = new Map<string, Flight>();
  /** When each was last asked for: between that and its use nothing else shows that it is needed. */
  readonly #askedMs = new Map<string, number>();
  readonly #closing = new AbortController();

  constructor(options: BundleCacheOptions) {
    this.#options = options;
  }

  /** Resolves to the directory with the bundle's files, compiled where needed. */
  async prepare(use: BundleUse, onProgress: OnPrepareProgress): Promise<string> {
    if (use.bundle === "") return this.#emptyDirectory();
    const sha256 = parseBundleName(use.bundle);
    this.#askedMs.set(sha256, Date.now());
    const bundleDir = join(this.#options.dir, sha256);
    await this.#once(sha256, onProgress, (tell) => this.#fetchAndUnpack(sha256, bundleDir, tell));
    if (use.runtime === "node") {
      const file = await findModule(bundleDir, use.importPath);
      await this.#once(`${sha256}/${file}`, onProgress, (tell) => {
        tell(`compiling ${file}`);
        return compileModule(bundleDir, file, use.importPath);
      });
    }
    return bundleDir;
  }

  /** Removes what `isAssigned` denies and nobody asked for lately; limits as in `planSweep`. */
  sweep(isAssigned: (sha256: string) => boolean, limits: SweepLimits): Promise<SweepStep[]> {
    const nowMs = Date.now();
    for (const [sha256, askedMs] of this.#askedMs) {
      if (nowMs - askedMs >= limits.minAgeMs && !this.#isInFlight(sha256)) this.#askedMs.delete(sha256);
    }
    const isInUse = (sha256: string): boolean => isAssigned(sha256) || this.#askedMs.has(sha256);
    return sweepBundles({ dir: this.#options.dir, limits, isInUse, nowMs });
  }

  /** Being fetched or compiled, which may take as long as it wants. */
  #isInFlight(sha256: string): boolean {
    return [...this.#flights.keys()].some((key) => key.startsWith(sha256));
  }

  /** Where a program without files of its own starts. */
  async #emptyDirectory(): Promise<string> {
    const path = join(this.#options.dir, "none");
    await mkdir(path, { recursive: true, mode: 0o700 });
    return path;
  }

  close(): void {
    this.#closing.abort();
  }

  /** Single flight: the first caller does the work, the others wait for it and hear its progress. */
  async #once(
    key: string,
    onProgress: OnPrepareProgress,
    work: (tell: OnPrepareProgress) => Promise<void>,
  ): Promise<void> {
    let flight = this.#flights.get(key);
    if (flight === undefined) {
      const listeners = new Set<OnPrepareProgress>();
      const tell = (message: string): void => listeners.forEach((listener) => listener(message));
      listeners.add(onProgress);
      flight = { listeners, done: work(tell).finally(() => this.#flights.delete(key)) };
      this.#flights.set(key, flight);
    }
    flight.listeners.add(onProgress);
    await flight.done;
  }

  async #fetchAndUnpack(sha256: string, bundleDir: string, tell: OnPrepareProgress): Promise<void> {
    if (await exists(bundleDir)) return;
    await mkdir(this.#options.dir, { recursive: true, mode: 0o700 });
    const partPath = join(this.#options.dir, `${sha256}.part`);
    tell("fetching the bundle");
    let lastPercent = -1;
    let fetchedBytes = 0;
    await fetchBundle({
      ...this.#options,
      sha256,
      partPath,
      maxBytes: maxBundleBytes,
      signal: this.#closing.signal,
      onProgress: (receivedBytes, totalBytes) => {
        fetchedBytes = receivedBytes;
        const percent = totalBytes === null ? -1 : Math.floor((10 * receivedBytes) / totalBytes) * 10;
        if (percent !== lastPercent) tell(`fetching the bundle, ${percent} %`);
        lastPercent = percent;
      },
    });
    this.#options.onFetched?.(fetchedBytes);
    // A directory under its final name is complete: it appears by a rename.
    const unpackDir = join(this.#options.dir, `${sha256}.${randomBytes(4).toString("hex")}.tmp`);
    await mkdir(unpackDir, { mode: 0o700 });
    try {
      if (await isZip(partPath)) {
        tell("unpacking the bundle");
        await unpackZip(partPath, unpackDir, unpackLimits);
        await rm(partPath);
      } else {
        await rename(partPath, join(unpackDir, "model.onnx"));
      }
      await rename(unpackDir, bundleDir);
    } catch (error) {
      await rm(unpackDir, { recursive: true, force: true });
      throw error;
    }
  }
}

/** `<sha256>` or `bundle:<sha256>`; anything else could name another path. */
export function parseBundleName(bundle: string): string {
  const sha256 = bundle.replace(/^bundle:/, "");
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw bundleError(`${JSON.stringify(bundle)} is no bundle: a sha256 in 64 hex digits.`);
  return sha256;
}

async function isZip(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 4 && buffer.readUInt16BE(0) === 0x504b && [0x0304, 0x0506].includes(buffer.readUInt16BE(2));
  } finally {
    await file.close();
  }
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
