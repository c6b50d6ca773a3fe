/**
 * Starts the whole product through its own command, on free ports and with an empty data directory, and stops it after the
 * last spec. The addresses are in SLUICE_E2E_WEB_URL and SLUICE_E2E_GATEWAY_URL.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";

const ROOT = path.resolve(import.meta.dirname, "..");
/** Installing and building may be part of it. */
const START_TIMEOUT_MS = 480_000;

interface Addresses {
  readonly web: string;
  readonly gateway: string;
}

export default async function startProduct(): Promise<() => Promise<void>> {
  const outside = process.env["SLUICE_E2E_WEB_URL"];
  // For working on a spec against a system that already runs.
  if (outside !== undefined) return async () => undefined;

  const dataDir = await mkdtemp(path.join(tmpdir(), "sluice-e2e-"));
  await mkdir(path.join(ROOT, "test-results"), { recursive: true });
  const logFile = path.join(ROOT, "test-results/product.log");
  const log = createWriteStream(logFile);
  const flags = ["--data-dir", dataDir, "--web-port=0", "--gateway-port=0", "--controller-port=0"];
  const launcher = spawn(process.execPath, [path.join(ROOT, "packages/launcher/bin/start.mjs"), ...flags], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, DATABASE_URL: "", SLUICE_HOST: "", SLUICE_DATA_DIR: "" },
  });
  launcher.stdout.pipe(log);
  launcher.stderr.pipe(log);
  const ended = once(launcher, "exit");
  const stop = async (): Promise<void> => {
    launcher.kill("SIGTERM");
    await ended;
    await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const addresses = await waitForAddresses(path.join(dataDir, "addresses.json"), () => launcher.exitCode !== null);
    process.env["SLUICE_E2E_WEB_URL"] = addresses.web;
    process.env["SLUICE_E2E_GATEWAY_URL"] = addresses.gateway;
    return stop;
  } catch (error) {
    await stop();
    const lastLines = readFileSync(logFile, "utf8").trim().split("\n").slice(-15).join("\n");
    throw new Error(`the product did not start; its last lines (all in ${logFile}):\n${lastLines}`, { cause: error });
  }
}

/** The launcher writes the file once everything is ready. */
async function waitForAddresses(file: string, hasEnded: () => boolean): Promise<Addresses> {
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline; await wait(100)) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as Addresses;
    if (hasEnded()) throw new Error("the launcher ended before it was ready");
  }
  throw new Error(`not ready within ${START_TIMEOUT_MS / 1000} s`);
}
