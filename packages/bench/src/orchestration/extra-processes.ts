/**
 * Further processes beside those of the launcher: agents, gateways, a controller that stands by. They are started from the same
 * bundles, with the environment of the launcher's own process of that kind and what differs laid over it.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { listProcessTree } from "../product/process-tree.ts";
import { checkoutRoot, type RunningProduct } from "../product/start-product.ts";

export type ProcessKind = "agent" | "controller" | "gateway" | "web";

export interface ExtraProcess extends AsyncDisposable {
  readonly pid: number;
  /** Its last lines. */
  output(): string;
  readonly exited: Promise<void>;
  signal(name: NodeJS.Signals): void;
}

const entries: Readonly<Record<ProcessKind, string>> = {
  agent: "dist/agent.mjs",
  controller: "dist/controller.mjs",
  gateway: "dist/gateway.mjs",
  web: "dist/web.mjs",
};

/** Processes that are stopped together, the latest first. */
export class ProcessGroup implements AsyncDisposable {
  readonly #members: AsyncDisposable[] = [];

  add<One extends AsyncDisposable>(member: One): One {
    this.#members.push(member);
    return member;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of [...this.#members].reverse()) await member[Symbol.asyncDispose]();
  }
}

const stopTimeoutMs = 35_000;
const keptCharacters = 200_000;

/** Starts one more process of a kind. */
export async function startExtra(
  product: RunningProduct,
  kind: Exclude<ProcessKind, "web">,
  env: NodeJS.ProcessEnv,
  flags: readonly string[] = [],
): Promise<ExtraProcess> {
  const inherited = await readEnvironment(await pidOf(product, kind));
  const child = spawn(process.execPath, ["--enable-source-maps", join(checkoutRoot, entries[kind]), ...flags], {
    cwd: checkoutRoot,
    env: { ...inherited, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  return wrap(child);
}

function wrap(child: ChildProcess): ExtraProcess {
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8").on("data", (text: string) => (output = (output + text).slice(-keptCharacters)));
  }
  const exited = once(child, "exit").then(() => undefined);
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  return {
    pid: child.pid ?? Number.NaN,
    output: () => output,
    exited,
    signal: (name) => {
      if (!hasEnded()) child.kill(name);
    },
    [Symbol.asyncDispose]: async () => {
      if (!hasEnded()) child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), stopTimeoutMs);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** The process of that kind which the launcher runs now. */
export async function pidOf(product: RunningProduct, kind: ProcessKind): Promise<number> {
  for (const { pid, parent } of await listProcessTree(product.launcher.pid ?? Number.NaN)) {
    if (parent !== product.launcher.pid) continue;
    const commandLine = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
    if (commandLine.includes(`/${entries[kind]}`)) return pid;
  }
  throw new Error(`the launcher runs no ${kind}`);
}

/** The launcher's Postgres: the process that all others of it descend from. */
export async function postgresPid(product: RunningProduct): Promise<number> {
  for (const { pid, parent } of await listProcessTree(product.launcher.pid ?? Number.NaN)) {
    if (parent !== product.launcher.pid) continue;
    const commandLine = await readFile(`/proc/${String(pid)}/cmdline`, "utf8").catch(() => "");
    if (/\/postgres\0/.test(commandLine)) return pid;
  }
  throw new Error("the launcher runs no Postgres");
}

async function readEnvironment(pid: number): Promise<NodeJS.ProcessEnv> {
  const text = await readFile(`/proc/${String(pid)}/environ`, "utf8");
  return Object.fromEntries(
    text
      .split("\0")
      .filter((line) => line.includes("="))
      .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]),
  );
}
