import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { rename, writeFile } from "node:fs/promises";

/** Readers see the old content or the new, never half of it. The file is for its owner only. */
export async function writeFileAtomically(path: string, text: string): Promise<void> {
  const temporary = temporaryName(path);
  await writeFile(temporary, text, { mode: 0o600 });
  await rename(temporary, path);
}

/** The same before anything else can happen in this process. */
export function writeFileAtomicallySync(path: string, text: string): void {
  const temporary = temporaryName(path);
  writeFileSync(temporary, text, { mode: 0o600 });
  renameSync(temporary, path);
}

function temporaryName(path: string): string {
  return `${path}.${randomBytes(4).toString("hex")}.tmp`;
}
