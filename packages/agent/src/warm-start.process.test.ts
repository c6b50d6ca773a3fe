import { readFileSync, readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../test/agent-process.ts";
import type { NodeDir } from "../test/agent-process.ts";
import { buildAssignment } from "../test/assignment.ts";
import { bundleAgent } from "../test/bundle-agent.ts";
import { startFakeController } from "../test/fake-controller.ts";
import type { FakeController } from "../test/fake-controller.ts";
import { buildZip } from "../test/zip.ts";

/** The product's own host, which knows orders. */
const hostEntry = fileURLToPath(new URL("../../replica/src/main.ts", import.meta.url));
const app = `
import { deployment } from "@sluice/sdk";
const Teller = deployment(class Teller {
  constructor() { console.log(JSON.stringify({ env: process.env, cwd: process.cwd(), argv: process.argv, execArgv: process.execArgv })); }
  fetch() { return Response.json({}); }
}, { name: "Teller" });
export const app = Teller.bind();`;

interface Told {
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly argv: readonly string[];
}

let node: NodeDir;
let controller: FakeController;
let agent: ReturnType<typeof spawnAgent>;
let bundle: string;

beforeAll(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  bundle = controller.addBundle(await buildZip([{ name: "app.ts", content: app }]));
  const settings = { SLUICE_HOST_ENTRY: hostEntry, SLUICE_WARM_HOSTS: "1", SLUICE_LOG_LEVEL: "debug" };
  agent = spawnAgent(await bundleAgent(), node, controller.url, settings);
  await controller.connected();
});

afterAll(async () => {
  await agent.stop("SIGKILL");
  await controller.close();
  await node.clean();
});

/** Pids of processes whose command line has the flag of a warm host and this node's directory. */
function warmPids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const line = commandLine(pid);
      return line.includes("--warm") && line.includes(node.dir);
    });
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${String(pid)}/cmdline`, "utf8")
      .replaceAll("\0", " ")
      .trim();
  } catch {
    // It ended while we looked.
    return "";
  }
}

async function oneWaits(): Promise<number> {
  return vi.waitFor(
    () => {
      const [pid] = warmPids();
      if (pid === undefined) throw new Error("no warm host yet");
      return pid;
    },
    { timeout: 20_000 },
  );
}

const launched = new Map<string, ReturnType<typeof buildAssignment>>();

async function start(replicaId: string, envVars: Record<string, string>): Promise<Told> {
  launched.set(
    replicaId,
    buildAssignment({ replicaId, runtime: "node", bundle, importPath: "app:app", deployment: "Teller", envVars }),
  );
  controller.assign([...launched.values()]);
  await controller.reached(replicaId, "ready", 30_000);
  const output = await readFile(join(node.dir, "a", "replicas", replicaId, "logs", "stdout.log"), "utf8");
  return JSON.parse(output) as Told;
}

test("a warm host becomes the replica, with its environment, directory and name, as a cold one would", async () => {
  const pid = await oneWaits();
  const warm = await start("warm1", { MODEL: "small", OMP_NUM_THREADS: "3" });
  expect(node.hostPid("warm1")).toBe(pid);
  expect(commandLine(pid)).toContain("replicas/warm1/assignment.json");
  expect(commandLine(pid)).not.toContain("--warm");

  await oneWaits();
  // Read by Node when it starts, so no process that runs can take it over.
  const cold = await start("cold1", { MODEL: "small", OMP_NUM_THREADS: "3", NODE_OPTIONS: "--no-deprecation" });
  expect(agent.output()).toContain("NODE_OPTIONS is read when a process starts");
  const { NODE_OPTIONS: _own, ...rest } = cold.env;
  expect({ ...warm.env, SLUICE_REPLICA_ID: "" }).toEqual({ ...rest, SLUICE_REPLICA_ID: "" });
  expect(warm.cwd).toBe(cold.cwd);
  expect(warm.argv.map((text) => text.replace("warm1", "cold1"))).toEqual(cold.argv);
});

test("one that waits ends when its agent is killed; the replica that was one goes on, and the next agent adopts it", async () => {
  const waiting = await oneWaits();
  const replica = node.hostPid("warm1");
  await agent.stop("SIGKILL");
  await vi.waitFor(() => expect(commandLine(waiting)).toBe(""), { timeout: 10_000 });
  expect(commandLine(replica)).toContain("warm1");
  agent = spawnAgent(await bundleAgent(), node, controller.url, { SLUICE_HOST_ENTRY: hostEntry });
  await vi.waitFor(() => expect(agent.output()).toMatch(/"replicaId":"warm1",.*"msg":"adopt: /), { timeout: 20_000 });
  expect(commandLine(replica)).toContain("warm1");
});
