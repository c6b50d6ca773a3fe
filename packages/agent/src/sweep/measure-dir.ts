import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Bytes of all files below a directory; what vanishes meanwhile counts nothing. */
export async function measureDir(dir: string): Promise<number> {
  const names = await readdir(dir, { recursive: true }).catch(() => []);
  let bytes = 0;
  // One after the other: a bundle may have very many files.
  for (const name of names) {
    bytes += await lstat(join(dir, name)).then(
      (facts) => (facts.isFile() ? facts.size : 0),
      () => 0,
    );
  }
  return bytes;
}
