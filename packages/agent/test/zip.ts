import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";

export interface ZipEntry {
  readonly name: string;
  readonly content: string;
  /** Unix mode with file type; a plain file when absent. */
  readonly mode?: number;
}

/** A zip file in memory. Names that a well-behaved writer refuses are patched in afterwards. */
export async function buildZip(entries: readonly ZipEntry[]): Promise<Buffer> {
  const zip = new ZipFile();
  const patches: [string, string][] = [];
  for (const [index, { name, content, mode }] of entries.entries()) {
    const isSafe = !name.includes("..") && !name.startsWith("/") && !name.includes("\\");
    const written = isSafe ? name : String(index).padEnd(name.length, "x");
    if (!isSafe) patches.push([written, name]);
    zip.addBuffer(Buffer.from(content), written, mode === undefined ? {} : { mode });
  }
  zip.end();
  let text = (await buffer(zip.outputStream)).toString("latin1");
  for (const [written, name] of patches) text = text.replaceAll(written, name);
  return Buffer.from(text, "latin1");
}
