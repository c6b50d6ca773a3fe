import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { readLaunchRecord, refuseSecondLauncher } from "../bin/launch-lock.mjs";
import { isRunning } from "../bin/process-identity.mjs";
import { stopLeftovers } from "../src/leftovers.ts";
import { RunningSystem } from "../src/system.ts";
import { fixtureSpec, readJournal } from "./fixture-spec.ts";

let dataDir: string;
let journal: string;
let printed: string[];

beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "sluice-system-"));
  journal = path.join(dataDir, "journal");
  printed = [];
});

afterEach(async () => {
  await stopLeftovers(dataDir);
  rmSync(dataDir, { recursive: true, force: true });
});

const newSystem = (stopOrder: readonly string[]): RunningSystem =>
  new RunningSystem({ dataDir, stopOrder, print: (line) => printed.push(line) });

it("stops processes one after the other in the given order and leaves none behind", async () => {
  const system = newSystem(["c", "a", "b"]);
  for (const name of ["a", "b", "c"]) await system.start(fixtureSpec(name, journal));
  const children = readLaunchRecord(dataDir)?.children ?? [];
  expect(children.map((child) => child.name)).toEqual(["c", "a", "b"]);
  expect(children.filter(isRunning)).toHaveLength(3);

  await system.stop();

  expect(readJournal(journal).slice(3)).toEqual(["c stopped", "a stopped", "b stopped"]);
  expect(children.filter(isRunning)).toEqual([]);
  expect(readLaunchRecord(dataDir)).toBeUndefined();
});

it("kills a process that does not stop in its time, and says so", async () => {
  const system = newSystem(["a"]);
  await system.start(fixtureSpec("a", journal, "stubborn", 200));
  const children = readLaunchRecord(dataDir)?.children ?? [];
  await system.stop();
  expect(children.filter(isRunning)).toEqual([]);
  expect(printed.join("\n")).toContain("did not stop within 0.2 s");
});

it("starts a crashed process again and says so", async () => {
  const system = newSystem(["a"]);
  await system.start(fixtureSpec("a", journal));
  const before = readLaunchRecord(dataDir)?.children[0]?.pid ?? 0;
  process.kill(before, "SIGKILL");
  await vi.waitFor(() => expect(readJournal(journal)).toEqual(["a started", "a started"]), 10_000);
  expect(readLaunchRecord(dataDir)?.children[0]?.pid).not.toBe(before);
  expect(printed.join("\n")).toContain("a          | ended by SIGKILL; starting it again in 0.5 s");
  await system.stop();
});

it("gives up on a process that ends before it was ready, with its last line", async () => {
  const system = newSystem(["a"]);
  await expect(system.start(fixtureSpec("a", journal, "crash"))).rejects.toThrow("a ended before it was ready");
  await system.stop();
  expect(readJournal(journal)).toEqual(["a started"]);
});

it("prints log records short, with the name of the process", async () => {
  const system = newSystem(["a"]);
  await system.start(fixtureSpec("a", journal));
  await vi.waitFor(() => expect(printed.join("\n")).toMatch(/^a {10}\| \d\d:\d\d:\d\d a is up$/m), 5_000);
  await system.stop();
});

async function startFixtureLauncher(): Promise<ReturnType<typeof spawn>> {
  const launcher = spawn(
    process.execPath,
    ["--import", "tsx", path.join(import.meta.dirname, "fixture-launcher.ts"), dataDir],
    {
      stdio: ["ignore", "pipe", "inherit"],
    },
  );
  await once(launcher.stdout, "data");
  return launcher;
}

it("stops in order on SIGTERM and ends", async () => {
  const launcher = await startFixtureLauncher();
  const children = readLaunchRecord(dataDir)?.children ?? [];
  launcher.kill("SIGTERM");
  await once(launcher, "exit");
  expect(children).toHaveLength(2);
  expect(children.filter(isRunning)).toEqual([]);
  expect(readJournal(journal).slice(2)).toEqual(["first stopped", "second stopped"]);
});

it("refuses a second launcher on the same data, and cleans up after a killed one", async () => {
  const launcher = await startFixtureLauncher();
  expect(() => refuseSecondLauncher(dataDir)).toThrow(/already runs .*Ctrl-C/);
  launcher.kill("SIGKILL");
  await once(launcher, "exit");

  expect(refuseSecondLauncher(dataDir)).toEqual({ hasLeftovers: true });
  const children = readLaunchRecord(dataDir)?.children ?? [];
  expect(children.filter(isRunning)).toHaveLength(2);
  expect(await stopLeftovers(dataDir)).toEqual(["first", "second"]);
  expect(children.filter(isRunning)).toEqual([]);
  expect(existsSync(dataDir)).toBe(true);
});
