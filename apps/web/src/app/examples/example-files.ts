import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { catalogue } from "@sluice/examples";
import type { Example } from "@sluice/examples";

/** Read by the drawing playground of the digits examples, beside the bundle's own files. */
const testImages = "digits-test.json";

export function findExample(id: string): Example | undefined {
  return catalogue.find((example) => example.id === id);
}

/** Bytes of one file of an example; undefined for any file that the catalogue does not name. */
export async function readExampleFile(example: Example, file: string): Promise<Buffer | undefined> {
  const allowed = example.playground === "digits" ? [...example.files, testImages] : example.files;
  const root = findRepository(process.cwd());
  if (!allowed.includes(file) || root === undefined) return undefined;
  return readFile(join(root, "packages", "examples", example.directory, file));
}

/** Files of the npm packages that an example brings along, by their path in the zip. They are installed beside the product. */
export async function readPackageFiles(example: Example): Promise<{ path: string; content: Buffer }[]> {
  const root = findRepository(process.cwd());
  if (root === undefined) return [];
  const paths = (example.packages ?? []).flatMap(({ name, files }) =>
    files.map((file) => `node_modules/${name}/${file}`),
  );
  return Promise.all(paths.map(async (path) => ({ path, content: await readFile(join(root, path)) })));
}

/** The folder above the working directory that holds the examples: the server may be started from any of its folders. */
function findRepository(from: string): string | undefined {
  if (existsSync(join(from, "packages", "examples", "package.json"))) return from;
  const parent = dirname(from);
  return parent === from ? undefined : findRepository(parent);
}
