/**
 * Packs a directory into a zip whose bytes depend on its content alone, so the same code has the same sha256 and is not
 * uploaded twice. The module of the import path is compiled with its npm dependencies into one `.mjs`; data files go along.
 */
import { readdir } from "node:fs/promises";
import { existsSync, statSync } from "node:fs";
import { basename, join, resolve, sep } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { SluiceError } from "@sluice/contracts";
import { compileEntry } from "./compile-entry.ts";

const skippedDirectories: ReadonlySet<string> = new Set(["node_modules", "dist", "__pycache__"]);
/** Of a program its packages are part; a virtual environment is not: its paths are those of the machine it was made on. */
const skippedOfPrograms: ReadonlySet<string> = new Set(["__pycache__", "venv"]);
const moduleExtensions = [".ts", ".mts", ".js", ".mjs"];
/** A fixed time inside the archive: the clock must not change the hash. Zip counts from 1980. */
const archiveTime = new Date(Date.UTC(1980, 0, 2));

export interface PackedBundle {
  readonly name: string;
  readonly content: Uint8Array;
}

/**
 * Packs `directory` for `importPath` (`module:attribute`). The spec itself (`specFile`, absolute) stays out: another number of
 * replicas in it is no other code, and must not restart what runs.
 */
export async function bundleDirectory(
  directory: string,
  importPath: string,
  specFile: string | null = null,
): Promise<PackedBundle> {
  const module = importPath.slice(0, Math.max(importPath.lastIndexOf(":"), importPath.lastIndexOf(".")));
  const entry = moduleExtensions
    .map((extension) => join(directory, module + extension))
    .find((file) => existsSync(file));
  if (entry === undefined) {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: `import_path ${importPath}: ${directory} holds no ${module}.ts, .mts, .js or .mjs.`,
    });
  }
  const compiled = await compileEntry(entry, directory);
  const zip = new ZipFile();
  const listed = await listFiles(directory, skippedDirectories);
  const files = listed.filter((file) => !isSource(file) && resolve(directory, file) !== specFile);
  for (const file of files.sort()) zip.addFile(join(directory, file), file, { mtime: archiveTime, mode: 0o100644 });
  zip.addBuffer(compiled, `${module}.mjs`, { mtime: archiveTime, mode: 0o100644 });
  zip.end();
  return { name: `${module}.zip`, content: new Uint8Array(await buffer(zip.outputStream)) };
}

/** Packs the files of a program as they are, executable ones as such: nothing is compiled, nothing left out but caches and the spec. */
export async function bundleProgram(directory: string, specFile: string | null = null): Promise<PackedBundle> {
  if (!existsSync(directory)) {
    throw new SluiceError({ code: "request/invalid", publicMessage: `working_dir: ${directory} does not exist.` });
  }
  const zip = new ZipFile();
  for (const file of (await listFiles(directory, skippedOfPrograms)).sort()) {
    const path = join(directory, file);
    if (resolve(path) === specFile) continue;
    const mode = (statSync(path).mode & 0o111) === 0 ? 0o100644 : 0o100755;
    zip.addFile(path, file, { mtime: archiveTime, mode });
  }
  zip.end();
  return { name: `${basename(resolve(directory))}.zip`, content: new Uint8Array(await buffer(zip.outputStream)) };
}

async function listFiles(directory: string, skipped: ReadonlySet<string>, prefix = ""): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await readdir(join(directory, prefix), { withFileTypes: true })) {
    if (entry.name.startsWith(".") || skipped.has(entry.name)) continue;
    const path = join(prefix, entry.name);
    if (entry.isDirectory()) found.push(...(await listFiles(directory, skipped, path)));
    else if (entry.isFile()) found.push(path.split(sep).join("/"));
  }
  return found;
}

function isSource(file: string): boolean {
  return (
    moduleExtensions.some((extension) => file.endsWith(extension)) ||
    /(^|\/)(package(-lock)?|tsconfig)\.json$/.test(file)
  );
}
