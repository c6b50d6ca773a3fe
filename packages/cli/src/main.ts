/** `sluice`: deploy, look at, move and delete applications from a shell. */
import path from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { isSluiceError } from "@sluice/contracts";
import { ApiError, createClient, type Client } from "@sluice/sdk";
import { runAgent } from "./agent/agent-command.ts";
import type { AgentOptions } from "./agent/agent-command.ts";
import type { CommandContext } from "./command-context.ts";
import { agentEnvironment, readDefaults } from "./config.ts";
import { deleteApplication } from "./delete-command.ts";
import { deploy } from "./deploy/deploy-command.ts";
import { printEvents } from "./events-command.ts";
import { printLogs } from "./logs-command.ts";
import { addNodeCommands } from "./nodes/add-node-commands.ts";
import { printLinesTo, printTextTo } from "./output/print-lines.ts";
import { printRevisions } from "./revisions/revisions-command.ts";
import { rollback } from "./revisions/rollback-command.ts";
import { addRolloutCommands, revisionNumber } from "./rollout/add-rollout-commands.ts";
import { printStatus } from "./status-command.ts";
import { traffic } from "./traffic-command.ts";

const say = printLinesTo(process.stdout);
const complain = printLinesTo(process.stderr);
const defaults = readDefaults();

const program = new Command("sluice")
  .description("Deploy and operate applications on a Sluice installation.")
  .option("--url <url>", "address of the dashboard and REST API (SLUICE_URL)", defaults.url)
  .option("--token <token>", "admin token, when the server needs one (SLUICE_TOKEN)", defaults.token)
  .version("0.1.0");

program
  .command("deploy")
  .argument("<target>", "directory, config.yaml or .onnx file")
  .description("upload code and models, create or update the applications, wait until they run")
  .option("-m, --message <text>", "kept on the revision")
  .option("--dry-run", "show the plan and change nothing", false)
  .option("--no-wait", "return as soon as the server took the spec")
  .option("--timeout <seconds>", "longest wait", seconds, 120)
  .action(async (target: string, options: { message?: string; dryRun: boolean; wait: boolean; timeout: number }) => {
    process.exitCode = await deploy(
      client(),
      target,
      { dryRun: options.dryRun, wait: options.wait, timeoutS: options.timeout, message: options.message },
      say,
    );
  });

program
  .command("status")
  .argument("[name]", "one application")
  .description("applications, or one with its traffic and replicas")
  .option("--all", "replicas that ended, too", false)
  .option("-o, --output <format>", "json for machines")
  .action((name: string | undefined, options: { all: boolean; output?: string }) =>
    printStatus(client(), name, { all: options.all, json: options.output === "json" }, say),
  );

program
  .command("events")
  .argument("[name]", "one application")
  .description(
    "what happened and why: scaling with its numbers, failures, traffic, who asked for what; the last one last",
  )
  .option("--limit <n>", "how many", eventCount, 30)
  .option("-o, --output <format>", "json for machines")
  .action((name: string | undefined, options: { limit: number; output?: string }) =>
    printEvents(client(), name, { limit: options.limit, json: options.output === "json" }, say),
  );

program
  .command("revisions")
  .argument("<name>")
  .description("revisions of an application, newest first: which serves, which is the target, which did not start")
  .option("-o, --output <format>", "json for machines")
  .action((name: string, options: { output?: string }) =>
    printRevisions(client(), name, options.output === "json", say),
  );

program
  .command("rollback")
  .argument("<name>")
  .description("go back to an earlier revision and wait until it serves; a traffic split ends")
  .option(
    "--to <revision>",
    "revision number (default: the newest before the target that did not fail)",
    revisionNumber,
  )
  .option("--reason <text>", "why, shown in the events")
  .option("--no-wait", "return as soon as the server took it")
  .option("--timeout <seconds>", "longest wait", seconds, 120)
  .action(async (name: string, options: { to?: number; reason?: string; wait: boolean; timeout: number }) => {
    const { to, reason, wait, timeout } = options;
    process.exitCode = await rollback(client(), name, { to, reason, wait, timeoutS: timeout }, say);
  });

program
  .command("traffic")
  .argument("<name>")
  .argument("[weights...]", "revision=percent, summing to 100, for example 1=95 2=5")
  .description("show the traffic split, or set it and wait until every gateway confirmed")
  .option("--reset", "remove the split: all requests follow the target revision", false)
  .option("--no-wait", "return as soon as the server took it")
  .option("--timeout <seconds>", "longest wait", seconds, 120)
  .action(async (name: string, weights: string[], options: { reset: boolean; wait: boolean; timeout: number }) => {
    const { reset, wait, timeout } = options;
    process.exitCode = await traffic(client(), name, weights, { reset, wait, timeoutS: timeout }, say);
  });

program
  .command("delete")
  .argument("<name>")
  .description("drain and delete an application")
  .option("--timeout <seconds>", "longest wait", seconds, 60)
  .action(async (name: string, options: { timeout: number }) => {
    process.exitCode = await deleteApplication(client(), name, options.timeout, say);
  });

const context: CommandContext = { client, say, seconds };
addRolloutCommands(program, context);
addNodeCommands(program, context);

program
  .command("logs")
  .argument("<target>", "replica, or application")
  .description("what replicas wrote; also of those that are gone")
  .option("-f, --follow", "go on with what they write", false)
  .option("--since <time>", "a span as 10m or 2h, or a time as 2026-03-02T09:00:00Z")
  .action((target: string, options: { follow: boolean; since?: string }) =>
    printLogs(
      client(),
      target,
      { follow: options.follow, since: options.since },
      Date.now(),
      printTextTo(process.stdout),
    ),
  );

program
  .command("agent")
  .description("run a node agent on this machine; its own flags (--num-cpus, --labels, --dir, ...) are handed on")
  .option("--join <url>", "address of the controller; several with commas between them")
  .option("--token <token>", "one-time token, from: sluice nodes token")
  .option("--ca <file>", "certificate authority that signed the controller's certificate")
  .argument("[flags...]", "flags of the agent")
  .allowUnknownOption()
  .action(async (flags: string[], options: AgentOptions) => {
    const root = path.resolve(import.meta.dirname, "../../..");
    // `--token` is also the name of a flag of all commands, which takes it first.
    const isGiven = program.getOptionValueSource("token") === "cli";
    const token = options.token ?? (isGiven ? program.opts<{ token: string }>().token : undefined);
    process.exitCode = await runAgent(root, agentEnvironment(), { ...options, token }, flags);
  });

try {
  await program.parseAsync();
} catch (error) {
  complain(messageOf(error));
  process.exitCode = 1;
}

function client(): Client {
  const { url, token } = program.opts<{ url: string; token: string }>();
  return createClient({ url, ...(token === "" ? {} : { token }) });
}

function seconds(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("A number of seconds above 0.");
  return value;
}

function eventCount(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > 500) throw new InvalidArgumentError("A number from 1 to 500.");
  return value;
}

function messageOf(error: unknown): string {
  if (error instanceof ApiError || isSluiceError(error)) return error.message;
  if (error instanceof TypeError && error.message === "fetch failed") {
    return `No Sluice answers at ${program.opts<{ url: string }>().url}. Is it running (npm start)? Another address: --url or SLUICE_URL.`;
  }
  return error instanceof Error ? error.message : String(error);
}
