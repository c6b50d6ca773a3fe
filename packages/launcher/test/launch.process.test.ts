import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, expect, it, vi } from "vitest";
import { readLaunchRecord } from "../bin/launch-lock.mjs";
import { isRunning } from "../bin/process-identity.mjs";
import { stopLeftovers } from "../src/leftovers.ts";

const REPOSITORY = path.resolve(import.meta.dirname, "../../..");
const FLAGS = ["--web-port=0", "--gateway-port=0", "--controller-port=0"];

let root: string;
let dataDir: string;
const launchers: ChildProcess[] = [];

/** One data directory for all: creating a database takes longest. A repository whose apps are stand-ins; Postgres, migrations and everything of the launcher are real. */
beforeAll(() => {
  root = mkdtempSync(path.join(tmpdir(), "sluice-launch-"));
  // Open to the user Postgres runs as, like an ordinary clone.
  chmodSync(root, 0o755);
  dataDir = path.join(root, ".sluice");
  mkdirSync(path.join(root, "dist"));
  symlinkSync(path.join(REPOSITORY, "prisma"), path.join(root, "prisma"));
  for (const name of ["controller", "gateway", "agent", "web"]) {
    cpSync(path.join(import.meta.dirname, "fixture-app.mjs"), path.join(root, `dist/${name}.mjs`));
  }
});

/** A test that failed in the middle leaves its launcher to no other: all use the same data directory. */
afterEach(async () => {
  for (const child of launchers.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  await stopLeftovers(dataDir);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

interface Launch {
  readonly child: ChildProcess;
  readonly output: () => string;
}

function launch(flags: readonly string[] = FLAGS): Launch {
  const script = path.join(import.meta.dirname, "fixture-launch.ts");
  const child = spawn(process.execPath, ["--import", "tsx", script, root, ...flags], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], SLUICE_ADMIN_TOKEN: "admin-token-of-the-shell" },
  });
  launchers.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk.toString()));
  return { child, output: () => output };
}

async function waitUntilReady({ child, output }: Launch): Promise<void> {
  while (!output().includes("Sluice is ready.")) {
    if (child.exitCode !== null) throw new Error(`the launcher ended: ${output()}`);
    await wait(20);
  }
}

async function stop({ child }: Launch): Promise<void> {
  child.kill("SIGINT");
  await once(child, "exit");
}

it("brings everything up, stops it leaving no process, and keeps the data for a fast second start", async () => {
  const first = launch();
  await waitUntilReady(first);
  const children = readLaunchRecord(dataDir)?.children ?? [];
  expect(children.map((child) => child.name)).toEqual(["web", "gateway", "agent", "controller", "postgres"]);
  expect(JSON.parse(readFileSync(path.join(dataDir, "addresses.json"), "utf8"))).toHaveProperty("gateway");
  await stop(first);
  expect(children.filter(isRunning)).toEqual([]);
  expect(first.child.exitCode).toBe(0);
  expect(existsSync(path.join(dataDir, "launcher.json"))).toBe(false);

  const startedAt = Date.now();
  const second = launch();
  await waitUntilReady(second);
  expect(second.output()).not.toContain("creating the database");
  expect(second.output()).not.toContain("applied");
  expect(Date.now() - startedAt).toBeLessThan(10_000);
  await stop(second);
});

it("gives each process its own environment: no database credentials for the agent and the gateway", async () => {
  const recordOf = (name: string): string => path.join(root, `dist/${name}.env.json`);
  const env = (name: string): Record<string, string> => JSON.parse(readFileSync(recordOf(name), "utf8"));
  const names = ["controller", "gateway", "agent", "web"];
  for (const name of names) rmSync(recordOf(name), { force: true });
  const running = launch();
  await waitUntilReady(running);
  await vi.waitFor(() => expect(names.filter((name) => !existsSync(recordOf(name)))).toEqual([]), { timeout: 20_000 });
  for (const name of ["agent", "gateway"]) {
    expect(env(name)).not.toHaveProperty("DATABASE_URL");
    expect(env(name)).not.toHaveProperty("SLUICE_ADMIN_TOKEN");
  }
  expect(env("controller")["DATABASE_URL"]).toMatch(/^postgresql:.*\/sluice$/);
  expect(env("web")["SLUICE_GATEWAY_URL"]).toMatch(/^http:\/\/localhost:\d+$/);
  expect(env("agent")).toMatchObject({
    SLUICE_STOP_REPLICAS_ON_EXIT: "1",
    SLUICE_AGENT_DIR: path.join(dataDir, "agent"),
  });
  for (const secret of ["cluster-secret", "postgres-password"]) {
    expect(statSync(path.join(dataDir, secret)).mode & 0o777).toBe(0o600);
  }
  await stop(running);
});

it("cleans up after a launcher that was killed, and says so", async () => {
  const first = launch();
  await waitUntilReady(first);
  first.child.kill("SIGKILL");
  await once(first.child, "exit");
  const second = launch();
  await waitUntilReady(second);
  expect(second.output()).toContain(
    "stopped what an earlier run left behind: web, gateway, agent, controller, postgres",
  );
  await stop(second);
});

it("starts Postgres again on the same port when it dies", async () => {
  const running = launch();
  await waitUntilReady(running);
  const postgres = readLaunchRecord(dataDir)?.children.find((child) => child.name === "postgres");
  process.kill(postgres?.pid ?? 0, "SIGKILL");
  await vi.waitFor(
    () => {
      const now = readLaunchRecord(dataDir)?.children.find((child) => child.name === "postgres");
      expect(now?.pid).toBeDefined();
      expect(now?.pid).not.toBe(postgres?.pid);
    },
    { timeout: 20_000, interval: 50 },
  );
  await stop(running);
  expect(running.output()).toContain("starting it again");
});

it("ends with one clear line when an app does not come up, and leaves nothing running", async () => {
  const controller = path.join(root, "dist/controller.mjs");
  writeFileSync(controller, "console.error('SLUICE_X is missing'); process.exit(2);");
  const running = launch();
  await once(running.child, "exit");
  cpSync(path.join(import.meta.dirname, "fixture-app.mjs"), controller);
  expect(running.child.exitCode).toBe(1);
  expect(running.output()).toContain("sluice: controller ended before it was ready: SLUICE_X is missing");
  expect(readLaunchRecord(dataDir)).toBeUndefined();
});

it("says in one line that the Postgres of DATABASE_URL cannot be reached", async () => {
  const running = launch([...FLAGS, "--database-url=postgresql://u:secret@127.0.0.1:9/x"]);
  await once(running.child, "exit");
  expect(running.child.exitCode).toBe(1);
  expect(running.output()).toContain("the Postgres of DATABASE_URL cannot be reached (ECONNREFUSED)");
  expect(running.output()).not.toContain("secret");
});
