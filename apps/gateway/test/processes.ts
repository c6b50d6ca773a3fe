/** Gateway and replicas as processes: what is measured or killed must not share a process with the test. */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GatewayFixture, secret } from "./gateway-fixture.ts";

const fromSource = ["--import", "tsx"];

export interface GatewayProcess extends AsyncDisposable {
  readonly fixture: GatewayFixture;
  readonly pid: number;
  readonly port: number;
  /** Starts a replica in a process; call `fixture.route(fixture.slice([...]))` with it. */
  addReplica(replicaId: string): Promise<ReplicaProcess>;
}

export interface ReplicaProcess {
  readonly replicaId: string;
  readonly path: string;
  readonly child: ChildProcess;
}

/** `environment` beside what a test gateway needs. */
export async function startGatewayProcess(environment: Readonly<Record<string, string>> = {}): Promise<GatewayProcess> {
  const fixture = await GatewayFixture.start();
  const { dir, controller } = fixture;
  // The gateway inside this process is not used: only the controller, and the slices.
  await fixture.gateway.stop();
  controller.received.length = 0;
  await writeFile(join(dir, "secret"), `${secret}-of-processes`, { mode: 0o600 });
  const gateway = fork(join(import.meta.dirname, "../src/main.ts"), {
    execArgv: fromSource,
    stdio: ["ignore", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      SLUICE_GATEWAY_PORT: "0",
      SLUICE_CONTROLLER_URL: controller.url,
      SLUICE_CLUSTER_SECRET_FILE: join(dir, "secret"),
      SLUICE_GATEWAY_STATE_DIR: join(dir, "state-of-process"),
      SLUICE_LOG_LEVEL: "error",
      ...environment,
    },
  });
  const children = [gateway];
  const port = await portOf(fixture, gateway);
  return {
    fixture,
    pid: gateway.pid ?? 0,
    port,
    addReplica: async (replicaId) => {
      const path = join(dir, `${replicaId}-${String(children.length)}.sock`);
      const child = fork(join(import.meta.dirname, "replica-process-fixture.ts"), [path, replicaId], {
        execArgv: fromSource,
      });
      children.push(child);
      await once(child, "message");
      return { replicaId, path, child };
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(children.map(stop));
      await fixture[Symbol.asyncDispose]();
    },
  };
}

/** The gateway tells the controller where it listens. */
async function portOf({ controller }: GatewayFixture, gateway: ChildProcess): Promise<number> {
  const deadlineMs = performance.now() + 60_000;
  while (performance.now() < deadlineMs && gateway.exitCode === null) {
    const hello = controller.received.find((message) => message.type === "hello");
    if (hello !== undefined) return Number(new URL(hello.address).port);
    await new Promise<void>((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("the gateway's process did not start");
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGKILL");
  await ended;
}

/** Resident memory of a process in bytes. */
export function residentBytes(pid: number): number {
  const line = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${String(pid)}/status`, "utf8"));
  return Number(line?.[1] ?? Number.NaN) * 1024;
}
