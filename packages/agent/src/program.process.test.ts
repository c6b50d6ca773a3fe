import { fileURLToPath } from "node:url";
import { join } from "node:path";
import { ProcessSpec } from "@sluice/contracts";
import { findFamily } from "@sluice/observability";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createNodeDir, spawnAgent } from "../test/agent-process.ts";
import type { NodeDir } from "../test/agent-process.ts";
import { buildAssignment } from "../test/assignment.ts";
import { bundleAgent } from "../test/bundle-agent.ts";
import { startFakeController } from "../test/fake-controller.ts";
import type { FakeController } from "../test/fake-controller.ts";
import { buildZip } from "../test/zip.ts";
import { endFamily } from "./host/end-family.ts";
import { ReplicaFiles } from "./host/replica-files.ts";

/** The product's own host, run from source, under the real agent: what becomes of a program when its host cannot help it. */
const hostEntry = fileURLToPath(new URL("../../replica/src/main.ts", import.meta.url));

/** Serves HTTP and starts workers: one in its session, one in a session of its own; HOG_MIB makes a worker grow. */
const server = `
import { spawn } from "node:child_process";
import { createServer } from "node:http";
const grow = "globalThis.ballast = Buffer.alloc(" + (process.env.HOG_MIB ?? 0) + " * 1048576, 1); setInterval(() => {}, 1000)";
spawn(process.execPath, ["-e", process.env.HOG_MIB === undefined ? "setInterval(() => {}, 1000)" : grow], { stdio: "ignore" });
spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore", detached: true });
createServer((_, answer) => answer.end("well")).listen(Number(process.env.PORT), "127.0.0.1");
`;

let node: NodeDir;
let controller: FakeController;
let agent: ReturnType<typeof spawnAgent>;
let bundle: string;

beforeAll(async () => {
  node = await createNodeDir();
  controller = await startFakeController();
  bundle = controller.addBundle(await buildZip([{ name: "server.mjs", content: server }]));
  agent = spawnAgent(await bundleAgent(), node, controller.url, { SLUICE_HOST_ENTRY: hostEntry });
  await controller.connected();
});

afterAll(async () => {
  await agent.stop("SIGKILL");
  await controller.close();
  const files = new ReplicaFiles(join(node.dir, "a"));
  for (const id of ["calm", "hog", "orphan", "bare"]) endFamily(files, id);
  await node.clean();
});

const program = (
  replicaId: string,
  given: Parameters<typeof buildAssignment>[0] = {},
  env: Record<string, string> = {},
) =>
  buildAssignment({
    replicaId,
    runtime: "process",
    process: ProcessSpec.parse({ command: [process.execPath, "server.mjs"], env }),
    bundle,
    ...given,
  });

/** Pids of a replica's program and its workers. */
const family = (replicaId: string): number[] =>
  findFamily({ mark: join(node.dir, "a", "replicas", replicaId, "assignment.json"), leader: null });

test("a program without files of its own runs in an empty directory", async () => {
  const command = ["sh", "-c", `test -z "$(ls -A)" && exec "$0" -e "$SERVER"`, process.execPath];
  const inline = 'require("node:http").createServer((_, a) => a.end()).listen(+process.env.PORT, "127.0.0.1")';
  const spec = ProcessSpec.parse({ command, env: { SERVER: inline } });
  controller.assign([program("bare", { bundle: "", process: spec })]);
  await controller.reached("bare", "ready", 30_000);
});

test("a replica over its memory limit, workers counted, is ended whole, and no other is touched", async () => {
  const limit = 300 * 1024 ** 2;
  controller.assign([program("calm"), program("hog", { memoryBytes: limit }, { HOG_MIB: "400" })]);
  await controller.reached("calm", "ready", 30_000);
  const ended = await controller.reached("hog", "failed", 30_000);
  expect(ended.message).toMatch(/^used \d+ MiB of its limit 300 MiB of memory \(ray_actor_options\.memory\)/);
  await vi.waitFor(() => expect(family("hog")).toEqual([]), { timeout: 5_000 });
  expect(controller.latest.get("calm")?.stage).toBe("ready");
  expect(family("calm")).toHaveLength(3);
});

test("when a host is killed, nothing of its program stays, workers in other sessions included", async () => {
  controller.assign([program("calm"), program("orphan")]);
  await controller.reached("orphan", "ready", 30_000);
  expect(family("orphan")).toHaveLength(3);
  process.kill(node.hostPid("orphan"), "SIGKILL");
  expect((await controller.reached("orphan", "failed")).message).toMatch(/SIGKILL/);
  await vi.waitFor(() => expect(family("orphan")).toEqual([]), { timeout: 5_000 });
  expect(family("calm")).toHaveLength(3);
});

test("an agent that finds a dead host after its own restart ends what was left of its program", async () => {
  await agent.stop("SIGKILL");
  const workers = family("calm");
  process.kill(node.hostPid("calm"), "SIGKILL");
  // The kernel ends the program; its workers stay.
  await vi.waitFor(() => expect(family("calm").length).toBeLessThan(workers.length), { timeout: 5_000 });
  agent = spawnAgent(await bundleAgent(), node, controller.url, { SLUICE_HOST_ENTRY: hostEntry });
  await vi.waitFor(() => expect(family("calm")).toEqual([]), { timeout: 15_000 });
});
