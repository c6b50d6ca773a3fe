import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { signalGroup } from "../src/host/start-host.ts";
import { secret } from "./fake-controller.ts";

const fixture = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

/** A node's directory; `clean` ends every host that was started in it. */
export async function createNodeDir() {
  const dir = await mkdtemp(join(tmpdir(), "slag-"));
  await writeFile(join(dir, "secret"), `${secret}\n`, { mode: 0o600 });
  return {
    dir,
    hostPid: (replicaId: string): number =>
      (JSON.parse(readFileSync(join(dir, "a", "replicas", replicaId, "host.json"), "utf8")) as { pid: number }).pid,
    clean: async (): Promise<void> => {
      for (const replicaId of listReplicas(dir)) {
        const host = readIfThere(join(dir, "a", "replicas", replicaId, "host.json"));
        if (host !== null) signalGroup((JSON.parse(host) as { pid: number }).pid, "SIGKILL");
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

export type NodeDir = Awaited<ReturnType<typeof createNodeDir>>;

/** Starts the real agent, with fixture programs as host and describe entries. */
export function spawnAgent(entry: string, node: NodeDir, controllerUrl: string, env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env["PATH"],
      HOME: node.dir,
      SLUICE_CONTROLLER_URL: controllerUrl,
      SLUICE_CLUSTER_SECRET_FILE: join(node.dir, "secret"),
      SLUICE_AGENT_DIR: join(node.dir, "a"),
      SLUICE_HOST_ENTRY: fixture("fixture-host.mjs"),
      SLUICE_DESCRIBE_ENTRY: fixture("fixture-describe.mjs"),
      SLUICE_NUM_CPUS: "2",
      // The fixture knows no orders.
      SLUICE_WARM_HOSTS: "0",
      SECRET_OF_THE_AGENT: "must not leak",
      ...env,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const exited = once(child, "exit") as Promise<[number | null, NodeJS.Signals | null]>;
  return {
    pid: child.pid ?? 0,
    output: () => output,
    exited,
    stop: async (signal: NodeJS.Signals = "SIGTERM"): Promise<number | null> => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return (await exited)[0];
    },
  };
}

function listReplicas(dir: string): string[] {
  try {
    return readdirSync(join(dir, "a", "replicas"));
  } catch {
    return [];
  }
}

function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
