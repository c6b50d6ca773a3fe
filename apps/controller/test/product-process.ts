/** A program of the product as its own process, run from source, that a test can kill as an operating system does. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const repositoryDir = fileURLToPath(new URL("../../../", import.meta.url));

export interface ProductProcess extends AsyncDisposable {
  /** All that it wrote so far. */
  output(): string;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** `entry` is a path inside the repository. */
export function startProduct(
  entry: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
): ProductProcess {
  const child = spawn(process.execPath, ["--import", "tsx", entry, ...args], {
    cwd: repositoryDir,
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env["PATH"], SLUICE_LOG_FORMAT: "json", ...env },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += String(chunk)));
  const exited = once(child, "exit");
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return { output: () => output, end, [Symbol.asyncDispose]: () => end("SIGKILL") };
}
