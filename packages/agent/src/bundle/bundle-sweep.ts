import { randomBytes } from "node:crypto";
import { renameSync } from "node:fs";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import { join } from "node:path";
import { measureDir } from "../sweep/measure-dir.ts";
import { planSweep } from "../sweep/plan-sweep.ts";
import type { Leftover, SweepLimits, SweepStep } from "../sweep/plan-sweep.ts";

export interface BundleSweepOptions {
  /** Holds one directory per bundle, and what fetching and unpacking leaves behind when it is cut off. */
  readonly dir: string;
  readonly limits: SweepLimits;
  /** Bundles that something on this node needs, or is about to. */
  readonly isInUse: (sha256: string) => boolean;
  readonly nowMs: number;
}

const bundleName = /^[0-9a-f]{64}$/;
const remainderName = /^[0-9a-f]{64}\.(part|[0-9a-f]{8}\.tmp)$/;

/** Removes bundles that nobody uses any more; the time of a directory says when it was last in use. */
export async function sweepBundles(options: BundleSweepOptions): Promise<SweepStep[]> {
  const { dir, limits, isInUse, nowMs } = options;
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  const leftovers: Leftover[] = [];
  let usedBytes = 0;
  for (const name of names.filter((one) => bundleName.test(one) || remainderName.test(one))) {
    const path = join(dir, name);
    const bytes = remainderName.test(name) ? await sizeOf(path) : await measureDir(path);
    if (isInUse(name.slice(0, 64))) {
      usedBytes += bytes;
      await utimes(path, nowMs / 1000, nowMs / 1000);
    } else leftovers.push({ name, bytes, lastUsedMs: (await stat(path)).mtimeMs });
  }
  const steps: SweepStep[] = [];
  for (const step of planSweep(leftovers, usedBytes, limits, nowMs)) {
    // Measuring took a while.
    if (isInUse(step.name.slice(0, 64))) continue;
    await removeWhole(join(dir, step.name));
    steps.push(step);
  }
  return steps;
}

/**
 * Under another name first: a bundle's directory is complete for as long as it has the bundle's name. At once, before anybody can
 * find it there after it was found to be unused.
 */
async function removeWhole(path: string): Promise<void> {
  const doomed = bundleName.test(path.slice(-64)) ? `${path}.${randomBytes(4).toString("hex")}.tmp` : path;
  if (doomed !== path) renameSync(path, doomed);
  await rm(doomed, { recursive: true, force: true });
}

async function sizeOf(path: string): Promise<number> {
  const facts = await stat(path);
  return facts.isDirectory() ? measureDir(path) : facts.size;
}
