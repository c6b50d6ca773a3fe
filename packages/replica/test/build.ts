/** Builds what the tests run: the host as it ships, and applications as an agent prepares them. */
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const packageDir = fileURLToPath(new URL("../", import.meta.url));
const repositoryDir = path.resolve(packageDir, "../..");

export interface HostBuild extends AsyncDisposable {
  readonly dir: string;
}

/** Bundles the entries of build-entries.json; npm packages stay outside, so the folder lies inside the repository. */
export async function buildHost(): Promise<HostBuild> {
  await mkdir(path.join(repositoryDir, ".cache"), { recursive: true });
  const dir = await mkdtemp(path.join(repositoryDir, ".cache", "replica-test-"));
  const entries = JSON.parse(await readFile(path.join(packageDir, "build-entries.json"), "utf8")) as Record<
    string,
    string
  >;
  await build({
    absWorkingDir: packageDir,
    entryPoints: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, path.join(packageDir, file)])),
    outdir: dir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    external: ["onnxruntime-node", "pino", "prom-client", "undici", "ws", "zod"],
    logLevel: "warning",
  });
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true, force: true }) };
}

/** A bundle directory with `test/fixture-apps/<name>.ts` compiled to where the host looks first. */
export async function prepareApp(name: string): Promise<string> {
  const bundleDir = await mkdtemp(path.join(tmpdir(), "sluice-bundle-"));
  await build({
    entryPoints: [path.join(packageDir, "test/fixture-apps", `${name}.ts`)],
    outfile: path.join(bundleDir, ".sluice/app.mjs"),
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    keepNames: true,
    sourcemap: "inline",
    logLevel: "warning",
  });
  return bundleDir;
}
