import { stat } from "node:fs/promises";
import path from "node:path";
import { pathToFileURL } from "node:url";

/** `module:attribute` (or `module.attribute`, as Ray Serve writes it) taken apart. */
export function parseImportPath(importPath: string): { readonly module: string; readonly attribute: string } {
  const at = importPath.includes(":") ? importPath.indexOf(":") : importPath.lastIndexOf(".");
  if (at <= 0 || at === importPath.length - 1) {
    throw new Error(`The import path "${importPath}" is not \`module:attribute\`, for example \`app:app\`.`);
  }
  return { module: importPath.slice(0, at), attribute: importPath.slice(at + 1) };
}

/**
 * Files a module name may stand for, best first: what the node's agent compiled (`.sluice/<module>.mjs`), then plain
 * JavaScript of the bundle. `a.b` may be a folder path, as in Python.
 */
export function moduleCandidates(module: string): string[] {
  const bases =
    module.includes(".") && !/\.(mjs|js|ts)$/.test(module) ? [module, module.replaceAll(".", "/")] : [module];
  const stripped = module.replace(/\.(mjs|js|ts|mts)$/, "");
  const plain = bases.flatMap((base) => [base, `${base}.mjs`, `${base}.js`, `${base}/index.mjs`, `${base}/index.js`]);
  return [`.sluice/${module}.mjs`, ...plain, `${stripped}.mjs`, `${stripped}.js`];
}

/** Imports the module from the prepared bundle and answers the named export. */
export async function loadExport(bundleDir: string, importPath: string): Promise<unknown> {
  const { module, attribute } = parseImportPath(importPath);
  const file = await findModule(path.resolve(bundleDir), module);
  const loaded = (await import(pathToFileURL(file).href)) as Record<string, unknown>;
  if (attribute in loaded) return loaded[attribute];
  const names = Object.keys(loaded);
  throw new Error(
    `${path.basename(file)} has no export "${attribute}". ` +
      (names.length === 0 ? "It exports nothing." : `It exports: ${names.join(", ")}.`),
  );
}

async function findModule(root: string, module: string): Promise<string> {
  for (const candidate of moduleCandidates(module)) {
    const file = path.resolve(root, candidate);
    if (!file.startsWith(root + path.sep)) throw new Error(`The import path ${module} leaves the bundle.`);
    if (/\.(mjs|js)$/.test(file) && (await isFile(file))) return file;
  }
  const wanted = [...new Set(moduleCandidates(module).filter((name) => /\.(mjs|js)$/.test(name)))];
  throw new Error(`The bundle has no module "${module}". Looked for ${wanted.join(", ")}.`);
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await stat(file)).isFile();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENOTDIR")
      return false;
    throw error;
  }
}
