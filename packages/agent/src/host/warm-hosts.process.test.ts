import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { createLogger } from "@sluice/observability";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { WarmHosts } from "./warm-hosts.ts";
import type { WarmHost } from "./warm-hosts.ts";

/** Waits for its order like a host and prints what it was made into; its source is given to Node as an argument. */
const fixture = `
import { Socket } from "node:net";
process.stdout.write("waits\\n");
let text = "";
const orders = new Socket({ fd: 3, readable: true, writable: false });
orders.setEncoding("utf8");
orders.on("data", (chunk) => {
  text += chunk;
  if (!text.includes("\\n")) return;
  orders.destroy();
  process.stdout.write("became " + JSON.parse(text).launchFile + "\\n");
  setInterval(() => undefined, 1000);
});
orders.on("end", () => process.exit(0));`;

const logger = createLogger({ name: "test", level: "fatal", format: "json" });
let dir: string;
let warmHosts: WarmHosts;
const taken: WarmHost[] = [];

const make = (
  count: number,
  command = [process.execPath, "--input-type=module", "--eval", fixture, "--"],
  at = path.join(dir, "warm"),
) =>
  new WarmHosts({
    count,
    command,
    dir: at,
    launchFilePlaceholder: "replica",
    env: { PATH: process.env["PATH"] ?? "" },
    logger,
    restMs: 10,
  });

const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
const isRunning = (pid: number): boolean => existsSync(`/proc/${String(pid)}`);

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "sluice-warm-"));
});

afterEach(async () => {
  await warmHosts.close();
  for (const { host } of taken.splice(0)) if (isRunning(host.pid)) process.kill(host.pid, "SIGKILL");
  await rm(dir, { recursive: true, force: true });
});

test("as many wait as wanted, one that is taken is followed by another, and its output goes on under its new name", async () => {
  warmHosts = make(2);
  expect(warmHosts.take()).toBeUndefined();
  warmHosts.start();
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(2), { timeout: 10_000 });
  await vi.waitFor(() => expect(readIfThere(path.join(dir, "warm", "1.stdout.log"))).toBe("waits\n"), 10_000);

  const warm = warmHosts.take();
  if (warm === undefined) throw new Error("none waits");
  taken.push(warm);
  const [stdoutPath, stderrPath] = [path.join(dir, "stdout.log"), path.join(dir, "stderr.log")];
  warm.moveOutput({ stdoutPath, stderrPath });
  warm.order({ launchFile: "/replicas/r1/assignment.json", cwd: dir, env: {} });
  await vi.waitFor(
    async () => expect(await readFile(stdoutPath, "utf8")).toBe("waits\nbecame /replicas/r1/assignment.json\n"),
    10_000,
  );
  expect((await stat(stderrPath)).mode & 0o777).toBe(0o600);
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(2), { timeout: 10_000 });

  // The one that was taken has its own life; those that wait end with the agent.
  const others = [warmHosts.take(), warmHosts.take()];
  taken.push(...others.filter((one) => one !== undefined));
  await warmHosts.close();
  expect(isRunning(warm.host.pid)).toBe(true);
});

test("those that wait end when the agent stops", async () => {
  warmHosts = make(1);
  warmHosts.start();
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(1), { timeout: 10_000 });
  const pid = Number(
    readFileSync(`/proc/self/task/${String(process.pid)}/children`, "utf8")
      .trim()
      .split(" ")
      .at(-1) ?? 0,
  );
  expect(isRunning(pid)).toBe(true);
  await warmHosts.close();
  expect(isRunning(pid)).toBe(false);
  expect(existsSync(path.join(dir, "warm"))).toBe(false);
});

test.each<[string, () => WarmHosts]>([
  ["its program is not there", () => make(1, [path.join(dir, "no-such-program")])],
  [
    "its directory cannot be made",
    () => {
      writeFileSync(path.join(dir, "file"), "");
      return make(1, undefined, path.join(dir, "file", "warm"));
    },
  ],
])("one that cannot be started is no reason to end, nor to try again at once: %s", async (_, prepare) => {
  const warnings: unknown[] = [];
  warmHosts = prepare();
  vi.spyOn(logger, "warn").mockImplementation((facts) => void warnings.push(facts));
  warmHosts.start();
  await vi.waitFor(() => expect(warnings.length).toBeGreaterThan(0), { timeout: 5_000 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(warmHosts.waiting).toBe(0);
  expect(warnings.length).toBeLessThan(4);
  await warmHosts.close();
});

test("one that dies is not offered, and the next is not started at once", async () => {
  warmHosts = make(1, [process.execPath, "--eval", "setTimeout(() => process.exit(3), 200)", "--"]);
  warmHosts.start();
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(1), { timeout: 10_000 });
  await vi.waitFor(() => expect(warmHosts.waiting).toBe(0), { timeout: 10_000 });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(warmHosts.take()).toBeUndefined();
  expect(warmHosts.waiting).toBe(0);
});
