/** `sluice rollout`, `sluice scale`, `sluice diff`: flags and help. */
import { InvalidArgumentError } from "commander";
import type { Command } from "commander";
import type { CommandContext } from "../command-context.ts";
import { diff, rollout, scale } from "./rollout-command.ts";

interface JsonOption {
  readonly output?: string;
}

export function addRolloutCommands(program: Command, { client, say }: CommandContext): void {
  program
    .command("rollout")
    .argument("<name>", "application")
    .argument("[action]", "status, pause, resume or abort", "status")
    .description("where the move to a revision stands; hold it still, let it go on, go back")
    .option("-o, --output <format>", "json for machines")
    .action((name: string, action: string, options: JsonOption) =>
      rollout(client(), name, action, options.output === "json", say),
    );
  program
    .command("scale")
    .argument("<application>")
    .argument("<deployment>")
    .argument("<replicas>", "a number, or `spec` for the number of the spec")
    .description("set the number of replicas by hand; refused where the autoscaler owns it")
    .action((application: string, deployment: string, replicas: string) =>
      scale(client(), application, deployment, replicas, say),
    );
  program
    .command("diff")
    .argument("<name>", "application")
    .argument("<from>", "revision", revisionNumber)
    .argument("<to>", "revision", revisionNumber)
    .description("fields that differ between two revisions")
    .option("-o, --output <format>", "json for machines")
    .action((name: string, from: number, to: number, options: JsonOption) =>
      diff(client(), name, { from, to }, options.output === "json", say),
    );
}

/** `2` and `r2` are the same. */
export function revisionNumber(text: string): number {
  const match = /^r?([1-9]\d*)$/.exec(text);
  if (match === null) throw new InvalidArgumentError("A revision number, from 1.");
  return Number(match[1]);
}
