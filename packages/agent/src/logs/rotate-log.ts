import { copyFile, rename, stat, truncate } from "node:fs/promises";

/** Older files that are kept of a log. */
export const keptLogFiles = 3;

/**
 * Rotates a log that a host holds open: copied away and cut, since the host's descriptor cannot be replaced from outside.
 * It is opened for appending, so what it writes next lands at the new end. Lines written between copy and cut are lost.
 */
export async function rotateLog(path: string, limitBytes: number): Promise<boolean> {
  const size = await stat(path).then(
    (facts) => facts.size,
    () => 0,
  );
  if (size < limitBytes) return false;
  for (let number = keptLogFiles - 1; number >= 1; number -= 1) {
    await rename(`${path}.${number}`, `${path}.${number + 1}`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "ENOENT") throw error;
    });
  }
  await copyFile(path, `${path}.1`);
  await truncate(path, 0);
  return true;
}
