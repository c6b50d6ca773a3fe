import { stat } from "node:fs/promises";
import { join } from "node:path";
import { bundleError } from "./bundle-error.ts";

const endings = ["", ".ts", ".tsx", ".mts", ".js", ".mjs", ".cjs", "/index.ts", "/index.js", "/index.mjs"];

/** `module:attribute` (or Python's `module.attribute`) in its two parts. */
export function splitImportPath(importPath: string): { module: string; attribute: string } {
  const match = /^(.+)[:.]([A-Za-z_$][A-Za-z0-9_$]*)$/.exec(importPath);
  if (match?.[1] === undefined || match[2] === undefined) {
    throw bundleError(
      `Import path ${JSON.stringify(importPath)} is not of the form module:attribute, for example app:app.`,
    );
  }
  return { module: match[1], attribute: match[2] };
}

/** Paths, relative to the bundle, at which the module may lie: as written, and with dots as Python means them. */
export function planModuleCandidates(module: string): string[] {
  const names = [module, ...(module.includes("/") ? [] : [module.replaceAll(".", "/")])];
  return [...new Set(names.flatMap((name) => endings.map((ending) => `${name}${ending}`)))];
}

/** File of a module in an unpacked bundle, relative to it. */
export async function findModule(bundleDir: string, importPath: string): Promise<string> {
  const { module } = splitImportPath(importPath);
  if (module.split("/").includes("..") || module.startsWith("/"))
    throw bundleError(`Import path ${importPath} leads out of the bundle.`);
  for (const candidate of planModuleCandidates(module)) {
    const isFile = await stat(join(bundleDir, candidate)).then(
      (facts) => facts.isFile(),
      () => false,
    );
    if (isFile) return candidate;
  }
  throw bundleError(
    `Import path ${importPath}: the bundle has no module ${module} (looked for ${module}.ts, .js and .mjs).`,
  );
}
