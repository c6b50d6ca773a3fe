import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { a100Cut, h100 } from "../../test/nvidia-smi/recorded.ts";
import { probeNvidiaGpus } from "./probe-gpus.ts";
import { UsageMeter } from "./usage.ts";

let dir: string;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "smi-"));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(dir, { recursive: true });
});

/** Puts a program of this name, and of no other kind, in front of the machine's. */
async function install(script: string): Promise<void> {
  await writeFile(join(dir, "nvidia-smi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  vi.stubEnv("PATH", `${dir}:${process.env["PATH"] ?? ""}`);
}

test("no nvidia-smi means no GPUs", async () => {
  vi.stubEnv("PATH", dir);
  expect(await probeNvidiaGpus()()).toEqual([]);
});

test("nvidia-smi without a driver means no GPUs", async () => {
  await install("echo NVIDIA-SMI has failed; exit 9");
  expect(await probeNvidiaGpus()()).toEqual([]);
});

test("parts are asked for where a GPU may be cut up", async () => {
  const { query, list = "" } = a100Cut;
  await install(`case "$*" in -L) cat <<'END'\n${list}END\n;; *mig.mode.current*) cat <<'END'\n${query}END\n;; esac`);
  const found = await probeNvidiaGpus()();
  expect(found.map(({ uuid }) => uuid.slice(0, 4))).toEqual(["MIG-", "MIG-", "MIG-", "GPU-"]);
});

test("a driver that knows no MIG is asked again without it", async () => {
  const old = h100.query.replaceAll(", Disabled", "");
  await install(`case "$*" in *mig.mode.current*) echo not a valid field; exit 2;; *) cat <<'END'\n${old}END\n;; esac`);
  expect((await probeNvidiaGpus()()).map(({ index }) => index)).toEqual([0, 1]);
});

test("one that hangs, and whose children hold its output open, is cut after its time", async () => {
  await install("sleep 30 & wait");
  const startMs = performance.now();
  expect(await probeNvidiaGpus(200)()).toEqual([]);
  expect(performance.now() - startMs).toBeLessThan(3_000);
});

test("heartbeats do not wait for a driver that hangs, and tell what was found last", async () => {
  await install(`cat <<'END'\n${h100.query}END`);
  const found = await probeNvidiaGpus()();
  await install("sleep 30");
  const meter = new UsageMeter(probeNvidiaGpus(60_000), found);
  const startMs = performance.now();
  expect((await meter.measure(10_000)).gpus).toEqual(found);
  expect((await meter.measure(20_000)).gpus).toEqual(found);
  expect(performance.now() - startMs).toBeLessThan(3_000);
});
