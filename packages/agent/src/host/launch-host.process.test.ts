import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLogger } from "@sluice/observability";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { buildAssignment } from "../../test/assignment.ts";
import { launchHost } from "./launch-host.ts";
import { ReplicaFiles } from "./replica-files.ts";
import { signalGroup } from "./start-host.ts";
import { WarmHosts } from "./warm-hosts.ts";

/** A host that does nothing but live; as a warm one it never takes an order. */
const command = [process.execPath, "--eval", "setInterval(() => undefined, 1000)", "--"];
const logger = createLogger({ name: "test", level: "fatal", format: "json" });
let dir: string;
let files: ReplicaFiles;
let warmHosts: WarmHosts;
const pids: number[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "sluice-launch-host-"));
  files = new ReplicaFiles(dir);
  await files.create("r1");
  const env = { PATH: process.env["PATH"] ?? "" };
  warmHosts = new WarmHosts({
    count: 1,
    command,
    dir: path.join(dir, "warm"),
    launchFilePlaceholder: "-",
    env,
    logger,
    restMs: 10,
  });
  warmHosts.start();
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(1), { timeout: 10_000 });
});

afterEach(async () => {
  await warmHosts.close();
  for (const pid of pids.splice(0)) signalGroup(pid, "SIGKILL");
  await rm(dir, { recursive: true, force: true });
});

/** Pids of the warm hosts that there are, waiting or not. */
async function children(): Promise<number[]> {
  const text = await readFile(`/proc/self/task/${String(process.pid)}/children`, "utf8");
  return text.split(" ").filter(Boolean).map(Number);
}

const launch = (given: ReplicaFiles = files) =>
  launchHost(buildAssignment({ replicaId: "r1", bundle: "b" }), dir, {
    files: given,
    warmHosts,
    command,
    runDir: dir,
    nodeId: "n",
    dataAddress: "local",
    nodeName: "n",
    inherited: {},
    logLevel: "info",
    logFormat: "json",
    logger,
  });

test("a warm host whose output cannot become the replica's is let go, and the replica starts cold", async () => {
  const [warm] = await children();
  await rm(path.join(dir, "warm"), { recursive: true });
  const { host } = await launch();
  pids.push(host?.pid ?? 0);
  expect(host?.pid).not.toBe(warm);
  await vi.waitFor(() => expect(existsSync(`/proc/${String(warm)}/exe`)).toBe(false), { timeout: 5_000 });
});

test("a start that fails after it took a warm host leaves no process behind", async () => {
  const [warm] = await children();
  // Where host.json should go stands a directory.
  await mkdir(path.join(dir, "replicas", "r1", "host.json"));
  await expect(launch()).rejects.toThrow();
  await vi.waitFor(() => expect(existsSync(`/proc/${String(warm)}/exe`)).toBe(false), { timeout: 5_000 });
});
