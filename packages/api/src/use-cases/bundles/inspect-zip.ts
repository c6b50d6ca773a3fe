/** Reads the directory of an uploaded zip and refuses what could harm whoever unpacks it. Nothing is unpacked here. */
import yauzl from "yauzl";
import type { Entry, ZipFile } from "yauzl";
import { SluiceError } from "@sluice/contracts";
import type { BundleFile } from "@sluice/db";

export interface ZipLimits {
  readonly files: number;
  readonly unpackedBytes: number;
}

export const zipLimits: ZipLimits = { files: 10_000, unpackedBytes: 2 * 1024 ** 3 };

/** One entry, as far as judging needs it. */
export interface ZipEntryFacts {
  readonly path: string;
  readonly sizeBytes: number;
  readonly isEncrypted: boolean;
  /** Unix mode bits, 0 when the zip was not made on Unix. */
  readonly unixMode: number;
}

/** Why an entry is refused, or null. Pure. */
export function judgeZipEntry(entry: ZipEntryFacts): string | null {
  const { path } = entry;
  const quoted = JSON.stringify(path);
  if (path === "" || path.includes("\0")) return `${quoted} is no file name`;
  if (path.includes("\\")) return `${quoted} has a backslash; use / between folders`;
  if (path.startsWith("/") || /^[a-zA-Z]:/.test(path)) return `${quoted} is an absolute path`;
  if (path.split("/").includes("..")) return `${quoted} leads out of the bundle with \`..\``;
  if (path.length > 1000) return "a path is longer than 1000 characters";
  if (entry.isEncrypted) return `${quoted} is encrypted`;
  const kind = entry.unixMode & 0o170000;
  if (kind === 0o120000) return `${quoted} is a symbolic link`;
  if (kind !== 0 && kind !== 0o100000 && kind !== 0o040000) return `${quoted} is neither a file nor a folder`;
  return null;
}

/** The files of a zip on disk; `bundle/invalid` with the reason when it must not be unpacked. */
export async function inspectZip(path: string, limits: ZipLimits = zipLimits): Promise<BundleFile[]> {
  const zip = await openZip(path);
  const files: BundleFile[] = [];
  const seen = new Set<string>();
  let unpackedBytes = 0;
  try {
    for await (const entry of entriesOf(zip)) {
      const facts = factsOf(entry);
      const reason =
        judgeZipEntry(facts) ?? (seen.has(facts.path) ? `${JSON.stringify(facts.path)} is in it twice` : null);
      if (reason !== null) throw invalidBundle(reason);
      seen.add(facts.path);
      if (facts.path.endsWith("/")) continue;
      unpackedBytes += facts.sizeBytes;
      files.push({ path: facts.path, sizeBytes: facts.sizeBytes });
      if (files.length > limits.files) throw invalidBundle(`it has more than ${limits.files} files`);
      if (unpackedBytes > limits.unpackedBytes) {
        throw invalidBundle(`it unpacks to more than ${Math.floor(limits.unpackedBytes / 1024 ** 2)} MiB`);
      }
    }
  } finally {
    zip.close();
  }
  if (files.length === 0) throw invalidBundle("it has no files");
  return files;
}

export function invalidBundle(reason: string, cause?: unknown): SluiceError {
  return new SluiceError({
    code: "bundle/invalid",
    publicMessage: `The bundle cannot be used: ${reason}.`,
    ...(cause === undefined ? {} : { cause }),
  });
}

function factsOf(entry: Entry): ZipEntryFacts {
  return {
    path: entry.fileName,
    sizeBytes: entry.uncompressedSize,
    isEncrypted: (entry.generalPurposeBitFlag & 1) !== 0,
    // Upper half of the external attributes, when the upper byte of "version made by" says Unix (3).
    unixMode: entry.versionMadeBy >>> 8 === 3 ? entry.externalFileAttributes >>> 16 : 0,
  };
}

function openZip(path: string): Promise<ZipFile> {
  return new Promise((resolve, reject) => {
    // Names are judged above, with a reason of our own.
    yauzl.open(
      path,
      { lazyEntries: true, autoClose: false, validateEntrySizes: true, strictFileNames: true },
      (error, zip) => {
        if (error !== null || zip === undefined) reject(invalidBundle("it is not a readable zip file", error));
        else resolve(zip);
      },
    );
  });
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (;;) {
    const entry = await nextEntry(zip);
    if (entry === null) return;
    yield entry;
  }
}

function nextEntry(zip: ZipFile): Promise<Entry | null> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      zip.off("entry", onEntry);
      zip.off("end", onEnd);
      zip.off("error", onError);
    };
    const onEntry = (entry: Entry): void => {
      done();
      resolve(entry);
    };
    const onEnd = (): void => {
      done();
      resolve(null);
    };
    const onError = (error: Error): void => {
      done();
      // yauzl judges names itself, too: its words are about the same thing.
      reject(invalidBundle(error.message, error));
    };
    zip.on("entry", onEntry);
    zip.on("end", onEnd);
    zip.on("error", onError);
    zip.readEntry();
  });
}
