/**
 * Bundles of the Node processes: one file each in dist/, with the workspace packages inside and all others left in
 * node_modules; but what starts with every replica has nearly everything inside. A stamp beside each names the inputs and their
 * hashes, so that staleness is exact.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import path from "node:path";
import * as esbuild from "esbuild";
import { hashFile } from "./staleness.mjs";

/** Raised when the options below change, which no input file shows. */
const OPTIONS_VERSION = 3;

/** Name in dist/ -> entry. */
const BUNDLES = {
  launcher: "packages/launcher/src/main.ts",
  controller: "apps/controller/src/main.ts",
  gateway: "apps/gateway/src/main.ts",
  agent: "packages/agent/src/main.ts",
  host: "packages/replica/src/main.ts",
  describe: "packages/replica/src/describe/main.ts",
  "onnx-worker": "packages/replica/src/onnx/worker.ts",
  web: "apps/web/src/main.ts",
};

/**
 * What starts with every replica: there a cold start and the memory of a process count. One file instead of 150 is read and compiled
 * in half the time, and without its comments and white space it takes 7 MB less. Names stay, and the map lies beside it.
 */
const LEAN = new Set(["host", "describe", "onnx-worker"]);

/** Left outside of lean bundles, too: native, or loaded only by those who need it. */
const OUTSIDE = new Set(["onnxruntime-node", "undici", "ws"]);

/** @param {string} root */
export function findStaleBundles(root) {
  return Object.entries(BUNDLES).filter(([name]) => isStale(root, name));
}

/**
 * @param {string} root
 * @param {readonly (readonly [string, string])[]} bundles
 */
export async function buildBundles(root, bundles) {
  mkdirSync(path.join(root, "dist"), { recursive: true });
  await Promise.all(bundles.map(([name, entry]) => buildBundle(root, name, entry)));
}

/**
 * @param {string} root
 * @param {string} name
 * @param {string} entry
 */
async function buildBundle(root, name, entry) {
  const { metafile } = await esbuild.build({
    entryPoints: [path.join(root, entry)],
    outfile: path.join(root, `dist/${name}.mjs`),
    absWorkingDir: root,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20.19",
    sourcemap: "linked",
    minifyWhitespace: LEAN.has(name),
    minifySyntax: LEAN.has(name),
    lineLimit: 160,
    metafile: true,
    logLevel: "silent",
    // Some packages inside reach for require; an ES module has none of its own.
    banner: {
      js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
    },
    plugins: [LEAN.has(name) ? keepOutside((specifier) => OUTSIDE.has(specifier)) : keepOutside(() => true)],
  });
  const inputs = Object.fromEntries(
    Object.keys(metafile.inputs).map((file) => [file, hashFile(path.join(root, file))]),
  );
  writeFileSync(
    stampFile(root, name),
    JSON.stringify({ optionsVersion: OPTIONS_VERSION, esbuild: esbuild.version, inputs }),
  );
}

/**
 * Built-in modules and the packages that are meant stay outside.
 * @param {(specifier: string) => boolean} isOutside
 * @returns {esbuild.Plugin}
 */
const keepOutside = (isOutside) => ({
  name: "keep-outside",
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, ({ path: specifier, kind }) => {
      if (kind === "entry-point" || specifier.startsWith("@sluice/")) return undefined;
      if (!isBuiltin(specifier) && !isOutside(specifier)) return undefined;
      return { path: specifier, external: true, sideEffects: isBuiltin(specifier) ? false : undefined };
    });
  },
});

/**
 * @param {string} root
 * @param {string} name
 */
function isStale(root, name) {
  const file = stampFile(root, name);
  if (!existsSync(file) || !existsSync(path.join(root, `dist/${name}.mjs`))) return true;
  const stamp = JSON.parse(readFileSync(file, "utf8"));
  if (stamp.optionsVersion !== OPTIONS_VERSION || stamp.esbuild !== esbuild.version) return true;
  return Object.entries(stamp.inputs).some(([input, hash]) => hashFile(path.join(root, input)) !== hash);
}

/**
 * @param {string} root
 * @param {string} name
 */
const stampFile = (root, name) => path.join(root, `dist/${name}.stamp.json`);
