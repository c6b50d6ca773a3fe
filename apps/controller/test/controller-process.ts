/** The controller as its own process, built as it ships, so that a test can kill it as an operating system does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { secret } from "./controller-fixture.ts";

const repositoryDir = fileURLToPath(new URL("../../../", import.meta.url));

export interface ControllerProcess extends AsyncDisposable {
  readonly port: number;
  kill(): Promise<void>;
}

/** Starts one; npm packages stay outside of the build, so its folder lies inside the repository. */
export async function startControllerProcess(
  databaseUrl: string,
  leaseTtlMs: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ControllerProcess> {
  await mkdir(path.join(repositoryDir, ".cache"), { recursive: true });
  const dir = await mkdtemp(path.join(repositoryDir, ".cache", "controller-test-"));
  const entry = path.join(dir, "controller.mjs");
  await build({
    entryPoints: [path.join(repositoryDir, "apps/controller/src/main.ts")],
    outfile: entry,
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    logLevel: "warning",
    plugins: [
      {
        name: "workspace-inside",
        setup: (bundling) => {
          bundling.onResolve({ filter: /^[^./]/ }, ({ path: name, kind }) =>
            kind === "entry-point" || name.startsWith("@sluice/") ? null : { path: name, external: true },
          );
        },
      },
    ],
  });
  const secretFile = path.join(dir, "secret");
  await writeFile(secretFile, secret, { mode: 0o600 });
  const port = await freePort();
  const child = spawn(process.execPath, [entry], {
    stdio: ["ignore", "ignore", "inherit"],
    env: {
      PATH: process.env["PATH"],
      DATABASE_URL: databaseUrl,
      SLUICE_CONTROLLER_PORT: String(port),
      SLUICE_CLUSTER_SECRET_FILE: secretFile,
      SLUICE_LEASE_TTL_MS: String(leaseTtlMs),
      SLUICE_HEARTBEAT_TIMEOUT_MS: "2000",
      SLUICE_LOG_LEVEL: "warn",
      ...env,
    },
  });
  const exited = once(child, "exit");
  const kill = async (): Promise<void> => {
    child.kill("SIGKILL");
    await exited;
  };
  return {
    port,
    kill,
    [Symbol.asyncDispose]: async () => {
      await kill();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
