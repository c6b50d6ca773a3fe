import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { SluiceError } from "@sluice/contracts";

/** The module with its npm dependencies as one ES module. */
export async function compileEntry(entry: string, directory: string): Promise<Buffer> {
  try {
    const result = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      platform: "node",
      target: "node20",
      format: "esm",
      sourcemap: "inline",
      sourcesContent: false,
      // Names of classes become names of deployments; without this, a second class of one name gets another.
      keepNames: true,
      absWorkingDir: directory,
      logLevel: "silent",
      // A directory outside this installation has no @sluice/sdk of its own.
      alias: { "@sluice/sdk": fileURLToPath(import.meta.resolve("@sluice/sdk")) },
      // Packages with native parts cannot be bundled; Sluice's own runtime is there on the node.
      external: ["onnxruntime-node"],
      banner: {
        js: 'import { createRequire as __createRequire } from "node:module"; const require = __createRequire(import.meta.url);',
      },
    });
    const [output] = result.outputFiles;
    if (output === undefined) throw new Error("esbuild wrote no output");
    return Buffer.from(output.contents);
  } catch (error) {
    throw new SluiceError({
      code: "request/invalid",
      publicMessage: `${relative(directory, entry)} does not compile: ${error instanceof Error ? error.message : String(error)}`,
      cause: error,
    });
  }
}
