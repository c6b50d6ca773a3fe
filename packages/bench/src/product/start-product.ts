/** Starts the whole product through its own command, on free ports and with an empty data directory. */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createClient, type Client } from "@sluice/sdk";

/** Root of the checkout that this file belongs to. */
export const checkoutRoot = resolve(import.meta.dirname, "../../../..");

export interface RunningProduct extends AsyncDisposable {
  readonly client: Client;
  readonly web: string;
  readonly gateway: string;
  /** Lines that the launcher printed. */
  readonly output: readonly string[];
  readonly launcher: ChildProcess;
  readonly dataDir: string;
}

export interface StartOptions {
  readonly root?: string;
  /** Kept when given, so that a second start finds it. */
  readonly dataDir?: string;
  readonly timeoutMs?: number;
}

export async function startProduct(options: StartOptions = {}): Promise<RunningProduct> {
  const root = options.root ?? checkoutRoot;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), "sluice-prove-")));
  const flags = ["--data-dir", dataDir, "--web-port=0", "--gateway-port=0", "--controller-port=0"];
  const launcher = spawn(process.execPath, [join(root, "packages/launcher/bin/start.mjs"), ...flags], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const output: string[] = [];
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => output.push(...text.trimEnd().split("\n")));
  }
  const ended = once(launcher, "exit");
  const stop = async (): Promise<void> => {
    if (launcher.exitCode === null) launcher.kill("SIGINT");
    await ended;
    if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true });
  };
  try {
    const addresses = await waitForAddresses(join(dataDir, "addresses.json"), launcher, options.timeoutMs ?? 600_000);
    return {
      client: createClient({ url: addresses.web }),
      ...addresses,
      output,
      launcher,
      dataDir,
      [Symbol.asyncDispose]: stop,
    };
  } catch (error) {
    await stop();
    throw new Error(`the product did not start:\n${output.slice(-20).join("\n")}`, { cause: error });
  }
}

async function waitForAddresses(
  file: string,
  launcher: ChildProcess,
  timeoutMs: number,
): Promise<{ web: string; gateway: string }> {
  const deadlineMs = performance.now() + timeoutMs;
  while (performance.now() < deadlineMs) {
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")) as { web: string; gateway: string };
    if (launcher.exitCode !== null) throw new Error(`the launcher ended with code ${String(launcher.exitCode)}`);
    await new Promise<void>((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`not ready within ${String(timeoutMs / 1000)} s`);
}
