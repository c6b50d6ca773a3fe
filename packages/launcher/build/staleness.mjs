/** A built thing is stale when the content it was built from has changed; times of files say nothing after a clone or copy. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, readdirSync } from "node:fs";
import path from "node:path";

/** Folders that hold what was built or downloaded, never a source. */
const NOT_SOURCE = new Set(["node_modules", ".next", "dist", "test", "coverage"]);

/** @param {string} file */
export function hashFile(file) {
  return existsSync(file) ? createHash("sha256").update(readFileSync(file)).digest("hex") : "missing";
}

/**
 * One hash over the names and contents of all source files under the given files and folders. Tests do not count: they
 * are not built.
 * @param {string} root
 * @param {readonly string[]} places relative to root
 */
export function hashTree(root, places) {
  const hash = createHash("sha256");
  for (const file of places.flatMap((place) => listSources(root, place)).sort()) {
    hash.update(`${file}\0${hashFile(path.join(root, file))}\0`);
  }
  return hash.digest("hex");
}

/**
 * @param {string} root
 * @param {string} place
 * @returns {string[]}
 */
function listSources(root, place) {
  const absolute = path.join(root, place);
  if (!existsSync(absolute)) return [];
  const entries = readdirSync(absolute, { withFileTypes: true, recursive: false });
  return entries.flatMap((entry) => {
    const child = `${place}/${entry.name}`;
    if (entry.isDirectory()) return NOT_SOURCE.has(entry.name) ? [] : listSources(root, child);
    return /\.test\.tsx?$|\.tsbuildinfo$|^next-env\.d\.ts$/.test(entry.name) ? [] : [child];
  });
}
