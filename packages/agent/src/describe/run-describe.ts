import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { DescribeResult, isSluiceError } from "@sluice/contracts";
import type { DescribeInput, DescribeRequest } from "@sluice/contracts";
import { describeExit } from "@sluice/domain";
import type { BundleCache } from "../bundle/bundle-cache.ts";
import { pickErrorLine } from "../host/error-line.ts";
import { planThreadCaps } from "../host/host-environment.ts";
import { readRssBytes } from "../host/process-facts.ts";
import { signalGroup } from "../host/start-host.ts";

export interface DescribeOptions {
  readonly command: readonly string[];
  readonly bundles: BundleCache;
  readonly inheritedEnv: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly maxMemoryBytes?: number;
}

const maxOutputBytes = 4 * 1024 * 1024;
const memoryIntervalMs = 250;

/**
 * Finds out what is in a bundle: its code is imported in a process of its own that lives for seconds, has limits on time
 * and memory, and sees no GPU. Whatever happens there is a result, never an exception.
 */
export async function runDescribe(request: DescribeRequest, options: DescribeOptions): Promise<DescribeResult> {
  try {
    const bundleDir = await options.bundles.prepare(request, () => undefined);
    return await runProcessOnce({ ...request, bundleDir }, options);
  } catch (error) {
    return { ok: false, message: isSluiceError(error) ? error.publicMessage : String(error) };
  }
}

async function runProcessOnce(input: DescribeInput, options: DescribeOptions): Promise<DescribeResult> {
  const { command, inheritedEnv, timeoutMs, maxMemoryBytes = 2 * 1024 ** 3 } = options;
  const [program = process.execPath, ...args] = command;
  const child = spawn(program, ["--max-old-space-size=768", ...args], {
    cwd: input.bundleDir,
    env: { ...inheritedEnv, ...planThreadCaps(1), ...input.envVars, CUDA_VISIBLE_DEVICES: "" },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let broken: string | null = null;
  const stop = (reason: string): void => {
    broken ??= reason;
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  };
  const deadline = setTimeout(
    () => stop(`Importing the code took longer than ${timeoutMs / 1000} s and was stopped.`),
    timeoutMs,
  );
  const memoryWatch = setInterval(() => {
    const rssBytes = child.pid === undefined ? null : readRssBytes(child.pid);
    if (rssBytes !== null && rssBytes > maxMemoryBytes)
      stop(`Importing the code used more than ${maxMemoryBytes / 1024 ** 2} MiB and was stopped.`);
  }, memoryIntervalMs);
  try {
    const output = await collectOutput(child, `${JSON.stringify(input)}\n`, () =>
      stop("The description is larger than 4 MiB."),
    );
    if (broken !== null) return { ok: false, message: broken };
    const result = parseResult(output.stdout);
    if (result !== null) return result;
    const lastErrorLine = pickErrorLine(output.stderr);
    return {
      ok: false,
      message: `Importing the code ended without a description: it ${describeExit({ ...output, lastErrorLine })}.`,
    };
  } finally {
    clearTimeout(deadline);
    clearInterval(memoryWatch);
    // Whatever the code started must not outlive its description.
    if (child.pid !== undefined) signalGroup(child.pid, "SIGKILL");
  }
}

interface Output {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly signal: string | null;
}

function collectOutput(child: ChildProcess, stdin: string, onTooMuch: () => void): Promise<Output> {
  return new Promise((resolve, reject) => {
    let stdout = "";
    let stderr = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      if (stdout.length + chunk.length > maxOutputBytes) onTooMuch();
      else stdout += chunk;
    });
    child.stderr?.setEncoding("utf8").on("data", (chunk: string) => (stderr = (stderr + chunk).slice(-16_384)));
    child.on("error", reject);
    // Pipes close when all is read; a grandchild that keeps them open must not hold up the answer.
    child.on("exit", (code, signal) => {
      const done = (): void => resolve({ stdout, stderr, code, signal });
      const patience = setTimeout(done, 500);
      child.once("close", () => {
        clearTimeout(patience);
        done();
      });
    });
    // A process that died before it read its input breaks the pipe; its exit tells the story.
    child.stdin?.on("error", () => undefined).end(stdin);
  });
}

/** The last line that is a result: user code may print before it. */
function parseResult(stdout: string): DescribeResult | null {
  for (const line of stdout.trimEnd().split("\n").reverse()) {
    if (!line.startsWith("{")) continue;
    try {
      const result = DescribeResult.safeParse(JSON.parse(line));
      if (result.success) return result.data;
    } catch {
      continue;
    }
  }
  return null;
}
