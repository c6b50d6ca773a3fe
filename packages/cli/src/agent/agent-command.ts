/** `sluice agent`: runs a node agent on this machine. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { invalid } from "../output/invalid.ts";

export interface AgentOptions {
  readonly join?: string | undefined;
  readonly token?: string | undefined;
  /** File with the certificate authority that signed the controllers' certificates. */
  readonly ca?: string | undefined;
}

export interface AgentCommand {
  readonly args: readonly string[];
  /** Laid over the environment. The token stays out of the process list. */
  readonly env: Readonly<Record<string, string>>;
}

/** The agent's own flags (`--num-cpus 4 --labels zone=a`) go to it as they are: it says what is wrong with them. */
export function planAgent(
  root: string,
  options: AgentOptions,
  flags: readonly string[],
  isBuilt = existsSync(path.join(root, "dist/agent.mjs")),
): AgentCommand {
  const { join, token, ca } = options;
  if (ca !== undefined && !existsSync(ca)) throw invalid(`--ca ${ca}: there is no such file.`);
  const entry = isBuilt
    ? ["--enable-source-maps", path.join(root, "dist/agent.mjs")]
    : ["--import", "tsx", path.join(root, "packages/agent/src/main.ts")];
  return {
    args: [...entry, ...flags],
    env: {
      ...(join === undefined ? {} : { SLUICE_JOIN_URL: join }),
      ...(token === undefined ? {} : { SLUICE_JOIN_TOKEN: token }),
      // Read by Node at its start only, so that the agent cannot be told by a flag.
      ...(ca === undefined ? {} : { NODE_EXTRA_CA_CERTS: path.resolve(ca) }),
      ...(isBuilt ? { SLUICE_HOST_ENTRY: path.join(root, "dist/host.mjs") } : {}),
    },
  };
}

/** Lines for people where people look on; `SLUICE_LOG_FORMAT` has its say first. */
export function planLogFormat(env: NodeJS.ProcessEnv, isTerminal: boolean): Readonly<Record<string, string>> {
  return isTerminal && env["SLUICE_LOG_FORMAT"] === undefined ? { SLUICE_LOG_FORMAT: "pretty" } : {};
}

/** Runs it until it ends, handing signals on; answers its exit code. */
export async function runAgent(
  root: string,
  env: NodeJS.ProcessEnv,
  options: AgentOptions,
  flags: readonly string[],
): Promise<number> {
  const command = planAgent(root, options, flags);
  const format = planLogFormat(env, process.stdout.isTTY);
  const child = spawn(process.execPath, command.args, { env: { ...env, ...format, ...command.env }, stdio: "inherit" });
  const handOn = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on("SIGTERM", handOn);
  process.on("SIGINT", handOn);
  return await new Promise<number>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}
