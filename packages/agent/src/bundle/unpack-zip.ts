import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import { dirname, join, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { isSluiceError } from "@sluice/contracts";
import { openPromise } from "yauzl";
import type { Entry } from "yauzl";
import { bundleError } from "./bundle-error.ts";

export interface UnpackLimits {
  readonly maxFiles: number;
  /** Of all files unpacked. */
  readonly maxBytes: number;
}

export const unpackLimits: UnpackLimits = { maxFiles: 20_000, maxBytes: 4 * 1024 ** 3 };

const fileTypeMask = 0o170000;
const directoryType = 0o040000;
const regularType = 0o100000;

/**
 * Unpacks an archive nobody trusts into an empty directory: only plain files and directories below it, no links, no file
 * twice, within the limits. The archive's own sizes are checked against what really comes out.
 */
export async function unpackZip(
  zipPath: string,
  targetDir: string,
  limits: UnpackLimits = unpackLimits,
): Promise<void> {
  try {
    await unpackEntries(zipPath, targetDir, limits);
  } catch (error) {
    if (isSluiceError(error)) throw error;
    throw bundleError(`The zip file was refused: ${error instanceof Error ? error.message : String(error)}.`, error);
  }
}

async function unpackEntries(zipPath: string, targetDir: string, limits: UnpackLimits): Promise<void> {
  // strictFileNames also refuses backslashes, which other systems read as separators.
  const zip = await openPromise(zipPath, { lazyEntries: true, strictFileNames: true, validateEntrySizes: true });
  try {
    if (zip.entryCount > limits.maxFiles)
      throw bundleError(`The zip file has ${zip.entryCount} entries; at most ${limits.maxFiles}.`);
    let totalBytes = 0;
    for await (const entry of zip.eachEntry()) {
      const problem = judgeEntry(entry, targetDir);
      if (problem !== null) throw bundleError(`The zip file was refused: ${entry.fileName}: ${problem}`);
      totalBytes += entry.uncompressedSize;
      if (totalBytes > limits.maxBytes)
        throw bundleError(`The zip file unpacks to more than ${limits.maxBytes} bytes.`);
      const path = join(targetDir, entry.fileName);
      if (entry.fileName.endsWith("/")) {
        await mkdir(path, { recursive: true });
        continue;
      }
      await mkdir(dirname(path), { recursive: true });
      const mode = ((entry.externalFileAttributes >>> 16) & 0o111) === 0 ? 0o644 : 0o755;
      await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(path, { flags: "wx", mode }));
    }
  } finally {
    zip.close();
  }
}

/** Says why an entry must not be unpacked, or null. */
export function judgeEntry(
  entry: Pick<Entry, "fileName" | "externalFileAttributes">,
  targetDir: string,
): string | null {
  const { fileName } = entry;
  const parts = fileName.split("/");
  if (parts.includes("..")) return "`..` leads out of the bundle.";
  if (fileName.startsWith("/") || /^[A-Za-z]:/.test(fileName)) return "an absolute path.";
  if (fileName.includes("\0") || fileName.includes("\\")) return "a character that no file name should have.";
  if (parts.some((part) => Buffer.byteLength(part) > 255)) return "a name of more than 255 bytes.";
  // Compiled modules live there; a bundle cannot bring its own.
  if (parts[0] === ".sluice") return "`.sluice` belongs to Sluice.";
  if (!join(targetDir, fileName).startsWith(targetDir + sep)) return "lies outside the bundle.";
  const type = (entry.externalFileAttributes >>> 16) & fileTypeMask;
  if (type !== 0 && type !== regularType && type !== directoryType)
    return "only plain files and directories; links are refused.";
  return null;
}
