import { readFile } from "node:fs/promises";
import { extname, relative } from "node:path";
import type { Loader, Plugin } from "esbuild";

const loaders: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".tsx": "tsx",
  ".js": "js",
  ".mjs": "js",
  ".jsx": "jsx",
};

/** Defines what {@link fileUrlPlugin} refers to; the output lies `depth` directories below the bundle. */
export function fileUrlBanner(depth: number): string {
  return [
    `import { createRequire as __sluiceRequire } from "node:module";`,
    `import { dirname as __sluiceDirname } from "node:path";`,
    `import { fileURLToPath as __sluicePath } from "node:url";`,
    // CommonJS dependencies inside an ES module still call require.
    `const require = __sluiceRequire(import.meta.url);`,
    `const __sluiceUrl = (file) => new URL("${"../".repeat(depth)}" + file, import.meta.url).href;`,
  ].join("\n");
}

/**
 * Keeps `import.meta.url` (and `filename`, `dirname`) pointing at the original file: code that reads `./weights.json`
 * beside itself must find it, although it now runs from one compiled file elsewhere.
 */
export function fileUrlPlugin(bundleDir: string): Plugin {
  return {
    name: "sluice-file-url",
    setup(build) {
      build.onLoad({ filter: /\.(m?ts|tsx|m?js|jsx)$/ }, async ({ path }) => {
        const loader = loaders[extname(path)];
        const file = relative(bundleDir, path);
        if (loader === undefined || file.startsWith("..") || file.includes("node_modules")) return undefined;
        const text = await readFile(path, "utf8");
        if (!text.includes("import.meta.")) return undefined;
        const url = `__sluiceUrl(${JSON.stringify(file)})`;
        const contents = text
          .replace(/\bimport\.meta\.url\b/g, url)
          .replace(/\bimport\.meta\.filename\b/g, `__sluicePath(${url})`)
          .replace(/\bimport\.meta\.dirname\b/g, `__sluiceDirname(__sluicePath(${url}))`);
        return { contents, loader };
      });
    },
  };
}
