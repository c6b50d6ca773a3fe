import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually, secret, startFakeController, type FakeController } from "./gateway-fixture.ts";

describe("a gateway of two workers", () => {
  let dir: string;
  let controller: FakeController;
  let gateway: ChildProcess;
  let url: string;
  let log = "";

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "sluice-gw-workers-"));
    controller = await startFakeController();
    const secretFile = join(dir, "secret");
    await writeFile(secretFile, secret, { mode: 0o600 });
    const port = await freePort();
    url = `http://127.0.0.1:${String(port)}`;
    gateway = spawn(process.execPath, ["--import", "tsx", join(import.meta.dirname, "../src/main.ts")], {
      stdio: ["ignore", "pipe", "inherit"],
      env: {
        PATH: process.env["PATH"],
        SLUICE_GATEWAY_PORT: String(port),
        SLUICE_GATEWAY_NAME: "test",
        SLUICE_GATEWAY_WORKERS: "2",
        SLUICE_GATEWAY_STATE_DIR: join(dir, "state"),
        SLUICE_CLUSTER_SECRET_FILE: secretFile,
        SLUICE_CONTROLLER_URL: controller.url,
      },
    });
    gateway.stdout?.on("data", (chunk: Buffer) => (log += chunk.toString()));
    await eventually(() => log.includes("gateway takes requests") && hellos().length === 2, 50_000);
    controller.send({ type: "slices", epoch: 1, full: true, slices: [], removed: [] });
    await eventually(() => controller.received.filter(({ type }) => type === "applied").length >= 2);
  }, 60_000);
  afterAll(async () => {
    if (gateway.exitCode === null) gateway.kill("SIGKILL");
    await controller.stop();
    await rm(dir, { recursive: true, force: true });
  });

  const hellos = () => controller.received.filter((message) => message.type === "hello");
  /** `connection: close`, so that each request may meet another worker. */
  const ask = (path: string) => fetch(url + path, { headers: { connection: "close" } });
  const pidsInLog = () =>
    [...log.matchAll(/"pid":(\d+)/g)].map(([, pid]) => Number(pid)).filter((pid) => pid !== gateway.pid);

  it("registers each worker as a gateway of its own, on one port", async () => {
    expect(new Set(hellos().map((hello) => (hello.type === "hello" ? hello.name : "")))).toEqual(
      new Set(["test/1", "test/2"]),
    );
    for (let count = 0; count < 20; count += 1) expect((await ask("/-/healthz")).status).toBe(200);
  });

  it("answers one scrape for all workers, whichever is asked", async () => {
    const text = await (await ask("/-/metrics")).text();
    // A sum over processes: what cannot be added up is left out.
    expect(text).not.toContain("process_start_time_seconds");
    expect(Number(/^nodejs_active_resources_total (\d+)/m.exec(text)?.[1])).toBeGreaterThan(0);
  });

  it("replaces a worker that was killed, and the other answers meanwhile", async () => {
    const [victim] = pidsInLog();
    expect(victim).toBeDefined();
    process.kill(victim ?? 0, "SIGKILL");
    await eventually(() => log.includes("a worker ended"));
    for (let count = 0; count < 20; count += 1) expect((await ask("/-/healthz")).status).toBe(200);
    await eventually(() => hellos().length === 3, 30_000);
  });

  it("stops all of them at SIGTERM", async () => {
    gateway.kill("SIGTERM");
    const [code] = (await once(gateway, "exit")) as [number];
    expect(code).toBe(0);
    await expect(ask("/-/healthz")).rejects.toThrow();
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
