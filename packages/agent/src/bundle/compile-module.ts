import { randomBytes } from "node:crypto";
import { mkdir, rename, stat } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { BuildFailure, Message } from "esbuild";
import { bundleError } from "./bundle-error.ts";
import { fileUrlBanner, fileUrlPlugin } from "./file-url-plugin.ts";
import { splitImportPath } from "./find-module.ts";

/** Where the compiled module of an import path lies: `<bundle>/.sluice/<module>.mjs`. The host looks there first. */
export function compiledModulePath(bundleDir: string, importPath: string): string {
  return join(bundleDir, ".sluice", `${splitImportPath(importPath).module}.mjs`);
}

/**
 * Compiles a module with all it imports into one file, so that a bundle needs neither TypeScript nor an install on the
 * node. `@sluice/sdk` comes from the product: handles and hosts then always speak the same version.
 */
export async function compileModule(bundleDir: string, file: string, importPath: string): Promise<void> {
  const outputPath = compiledModulePath(bundleDir, importPath);
  if (await exists(outputPath)) return;
  await mkdir(dirname(outputPath), { recursive: true });
  const temporaryPath = `${outputPath}.${randomBytes(4).toString("hex")}.tmp`;
  // Loaded on first use: starting esbuild's service costs time and memory that onnx-only nodes never need.
  const { build } = await import("esbuild");
  try {
    await build({
      absWorkingDir: bundleDir,
      entryPoints: [join(bundleDir, file)],
      outfile: temporaryPath,
      bundle: true,
      platform: "node",
      format: "esm",
      target: "node20",
      sourcemap: "inline",
      keepNames: true,
      alias: { "@sluice/sdk": sdkEntry() },
      external: ["*.node", "onnxruntime-node"],
      plugins: [fileUrlPlugin(bundleDir)],
      banner: { js: fileUrlBanner(relative(bundleDir, dirname(outputPath)).split("/").length) },
      logLevel: "silent",
    });
  } catch (error) {
    throw bundleError(`${file} does not compile. ${describeBuildFailure(error)}`, error);
  }
  await rename(temporaryPath, outputPath);
}

function sdkEntry(): string {
  return fileURLToPath(import.meta.resolve("@sluice/sdk"));
}

function describeBuildFailure(error: unknown): string {
  const messages = (error as Partial<BuildFailure>).errors;
  if (messages === undefined || messages.length === 0) return error instanceof Error ? error.message : String(error);
  return messages.slice(0, 3).map(describeMessage).join(" ");
}

function describeMessage({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
