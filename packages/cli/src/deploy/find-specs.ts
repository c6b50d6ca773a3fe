/**
 * What `sluice deploy <target>` is about: a Ray Serve style config file, a directory that holds one, a directory with an
 * `app.ts`, or a model file. The result is plain objects; the server validates them, so its errors are the only ones.
 */
import { existsSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, extname, join, relative, resolve } from "node:path";
import { parse } from "yaml";
import { ConfigFile, judgeConfigFile, SluiceError, withFileLogging } from "@sluice/contracts";

export interface FoundSpecs {
  /** Paths inside the specs are relative to this directory. */
  readonly baseDir: string;
  /** Absolute path of the config file they stand in; null = they stand in none. */
  readonly specFile: string | null;
  /** What the file says and what changes nothing. */
  readonly warnings: readonly string[];
  readonly specs: readonly Readonly<Record<string, unknown>>[];
}

const configNames = ["config.yaml", "config.yml", "serve.yaml", "serve_config.yaml", "sluice.yaml"];
const moduleNames = ["app.ts", "app.mts", "app.js", "app.mjs"];

export function findSpecs(target: string): FoundSpecs {
  const path = resolve(target);
  if (!existsSync(path)) throw invalid(`${target} does not exist. Give a directory, a config.yaml or a .onnx file.`);
  if (!statSync(path).isDirectory()) return fromFile(path);
  const config = configNames.map((name) => join(path, name)).find((file) => existsSync(file));
  if (config !== undefined) return fromFile(config);
  const module = moduleNames.find((name) => existsSync(join(path, name)));
  if (module === undefined) {
    throw invalid(
      `${target} holds none of ${[...configNames, ...moduleNames].join(", ")}, so there is nothing to deploy.`,
    );
  }
  const name = basename(path);
  return {
    baseDir: path,
    specFile: null,
    warnings: [],
    specs: [{ name, route_prefix: `/${name}`, import_path: `${basename(module, extname(module))}:app` }],
  };
}

const moduleExtensions = [".ts", ".mts", ".js", ".mjs"];

function fromFile(path: string): FoundSpecs {
  const baseDir = dirname(path);
  if (moduleExtensions.includes(extname(path))) {
    throw invalid(
      `${basename(path)} is a module; give the directory that holds it: sluice deploy ${relative(process.cwd(), baseDir) || "."}`,
    );
  }
  if (path.endsWith(".onnx")) {
    const name = basename(path, ".onnx");
    return {
      baseDir,
      specFile: null,
      warnings: [],
      specs: [
        { name, route_prefix: `/${name}`, deployments: [{ name, runtime: "onnx", model: `./${basename(path)}` }] },
      ],
    };
  }
  let content: unknown;
  try {
    content = parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw invalid(`${path} is not YAML: ${error instanceof Error ? error.message : String(error)}`);
  }
  const parsed = ConfigFile.safeParse(content);
  if (!parsed.success) {
    throw invalid(
      `${path} needs a list \`applications\`, each with name, route_prefix and import_path or deployments.`,
    );
  }
  const file = judgeConfigFile(parsed.data);
  const [issue] = file.issues;
  if (issue !== undefined) throw invalid(`${path}, ${issue.pointer}: ${issue.detail}`);
  const specs = parsed.data.applications.map((entry, index) => withFileLogging(asSpec(entry, path, index), file));
  return { baseDir, specFile: path, warnings: file.warnings, specs };
}

function asSpec(entry: unknown, path: string, index: number): Readonly<Record<string, unknown>> {
  if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
    throw invalid(`${path}: applications[${String(index)}] must be a mapping with a name.`);
  }
  return { name: "default", ...entry };
}

function invalid(publicMessage: string): SluiceError {
  return new SluiceError({ code: "request/invalid", publicMessage });
}
