/** Replaces what a spec names on this machine (code of an import path, model files) by uploaded bundles. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { SluiceError } from "@sluice/contracts";
import type { Client } from "@sluice/sdk";
import { bundleDirectory, bundleProgram } from "./bundle-directory.ts";
import type { FoundSpecs } from "./find-specs.ts";

type Json = Readonly<Record<string, unknown>>;

export type LocalFiles = Pick<FoundSpecs, "baseDir" | "specFile"> & {
  /** A plan needs the files on the server, too: only there they are looked into. */
  readonly isDryRun?: boolean;
};

export async function uploadLocalFiles(
  client: Client,
  { baseDir, specFile, isDryRun = false }: LocalFiles,
  spec: Json,
  say: (line: string) => void,
): Promise<Json> {
  const deployments = Array.isArray(spec["deployments"]) ? (spec["deployments"] as unknown[]) : [];
  const tell = isDryRun ? (line: string) => say(`${line} (kept for a deploy; nothing runs it yet)`) : say;
  const uploaded = await Promise.all(deployments.map((entry) => uploadModel(client, baseDir, entry, tell)));
  const withModels = deployments.length === 0 ? spec : { ...spec, deployments: uploaded };
  return uploadCode(client, { baseDir, specFile }, withModels, tell);
}

async function uploadCode(
  client: Client,
  { baseDir, specFile }: LocalFiles,
  spec: Json,
  say: (line: string) => void,
): Promise<Json> {
  const importPath = spec["import_path"];
  const runtimeEnv = isJson(spec["runtime_env"]) ? spec["runtime_env"] : {};
  const workingDir = runtimeEnv["working_dir"];
  const isLocalDir = typeof workingDir === "string" && isLocal(workingDir);
  if (typeof workingDir === "string" && !isLocalDir) return spec;
  // Code lies beside its config file unless it says otherwise. A program may need no files: its folder is said, or there is none.
  if (typeof importPath !== "string" && !(isLocalDir && hasProgram(spec))) return spec;
  const directory = isLocalDir ? resolve(baseDir, workingDir) : baseDir;
  const bundle =
    typeof importPath === "string"
      ? await bundleDirectory(directory, importPath, specFile)
      : await bundleProgram(directory, specFile);
  const { bundle: stored, existed } = await client.bundles.upload(bundle.name, bundle.content);
  say(
    `${existed ? "Bundle known" : "Bundle uploaded"}: ${bundle.name}, ${String(bundle.content.length)} bytes, sha256 ${stored.sha256.slice(0, 12)}`,
  );
  return { ...spec, runtime_env: { ...runtimeEnv, working_dir: `bundle:${stored.sha256}` } };
}

async function uploadModel(
  client: Client,
  baseDir: string,
  entry: unknown,
  say: (line: string) => void,
): Promise<unknown> {
  if (!isJson(entry)) return entry;
  const model = entry["model"];
  if (typeof model !== "string" || !isLocal(model)) return entry;
  const path = join(baseDir, model);
  if (!existsSync(path)) {
    throw new SluiceError({ code: "request/invalid", publicMessage: `model ${model}: ${path} does not exist.` });
  }
  const content = await readFile(path);
  const { bundle, existed, describe_error: problem } = await client.bundles.upload(basename(path), content);
  if (problem !== null) throw new SluiceError({ code: "bundle/invalid", publicMessage: `${model}: ${problem}` });
  say(
    `${existed ? "Model known" : "Model uploaded"}: ${basename(path)}, ${String(content.length)} bytes, sha256 ${bundle.sha256.slice(0, 12)}`,
  );
  return { ...entry, model: `bundle:${bundle.sha256}` };
}

function hasProgram(spec: Json): boolean {
  const deployments = Array.isArray(spec["deployments"]) ? (spec["deployments"] as unknown[]) : [];
  return deployments.some((entry) => isJson(entry) && (entry["runtime"] === "process" || isJson(entry["process"])));
}

/** Anything with a scheme (`bundle:`, `s3:`) is not a path on this machine. */
function isLocal(reference: string): boolean {
  return !/^[a-z][a-z0-9+]+:/.test(reference);
}

function isJson(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
